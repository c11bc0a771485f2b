# A stay counts from the day on which a record arrives, by the clock of who
# takes it: what came from a node whose clock was ahead goes before the day that
# its origin would count.
countries co ec pe cl
seed 60838
9 hours pass
the clock of ec is wrong by 30 hours
ec puts in force short-stay
ec puts 3 vacancies with a fee
2 days pass
3 days pass
10 hours pass
5 days pass
all is well
