# The law opens and closes on days of its own.
countries co ec
co puts in force season
co puts 6 vacancies
1 days pass
ec sees 0 vacancies of co
12 days pass
ec sees 6 vacancies of co
all is well
