# A clock goes wrong past midnight and is put right before anybody keeps house:
# consents given on the day that has not come do not count yet.
countries co ec pe cl
seed 5062
co registers 8 people
settle
the clock of co is wrong by 19 hours
2 people of co consent
all is well
