# What may stay ten days abroad is gone after them, though its origin shows it.
countries co ec
co puts in force short-stay
co puts 8 vacancies
9 days pass
ec sees 8 vacancies of co
3 days pass
ec sees 0 vacancies of co
all is well
