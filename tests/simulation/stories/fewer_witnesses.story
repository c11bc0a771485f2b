# Fewer peers cosign than before, and then the log stands still: their
# cosignatures are brought once more when the old ones have had their time.
countries co ec pe cl
seed 9
all is well
ec puts 3 vacancies
part cl-ec
8 minutes pass
ec puts in force short-stay
pe suspends ec
all is well
