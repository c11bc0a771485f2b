# The link is lost in the middle of a page; a stop and a crash follow.
countries co ec
co puts 30 vacancies
cut co-ec at byte 1200
2 minutes pass
ec sees 30 vacancies of co
ec crashes
co puts 1 vacancies
3 days pass
ec sees 31 vacancies of co
all is well
