# Other law withdraws what it no longer lets out, however often the node dies
# on the way.
countries co ec
co puts 40 vacancies
all is well
co dies after 2 writes
co puts in force closed
co dies after 1 writes
co puts in force closed
all is well
ec sees 0 vacancies of co
co puts in force open
all is well
ec sees 40 vacancies of co
