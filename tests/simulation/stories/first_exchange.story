# Two countries begin to exchange.
countries co ec
co puts 30 vacancies
ec puts 5 vacancies
co registers 12 people
settle
ec sees 30 vacancies of co
co sees 5 vacancies of ec
co withdraws 4 vacancies
co erases 2 people
all is well
ec sees 26 vacancies of co
