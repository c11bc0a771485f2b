# What a node decides while its clock is set back for a few hours is decided
# again, though the clock is right before anybody keeps house.
countries co ec pe
seed 10259
co registers 5 people
10 steps
the clock of co is wrong by -20 hours
co changes the pseudonyms at pe
all is well
