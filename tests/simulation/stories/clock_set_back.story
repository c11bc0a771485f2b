# A clock that was hours ahead is set right: nobody waits for the times that it
# had shown.
countries co ec
22 steps
the clock of ec is wrong by 8 hours
10 minutes pass
the clock of ec is right
co puts 3 vacancies
2 minutes pass
ec sees 3 vacancies of co
all is well
