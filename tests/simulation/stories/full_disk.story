# A follower without space loses nothing.
countries co ec
the disk of ec is full
co puts 25 vacancies
1 hours pass
ec sees 0 vacancies of co
the disk of ec is well
10 minutes pass
ec sees 25 vacancies of co
all is well
