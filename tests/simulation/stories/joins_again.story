# Whoever is removed and joins again sees everything anew.
countries co ec
co puts 12 vacancies
all is well
co joins ec again
co withdraws 2 vacancies
all is well
ec sees 10 vacancies of co
ec joins co again
all is well
ec sees 10 vacancies of co
