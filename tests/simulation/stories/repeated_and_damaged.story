# Pages that come twice or with another bit are refused and sent again.
countries co ec
a page from co to ec comes twice
co puts 9 vacancies
10 minutes pass
a page from co to ec is damaged
co puts 9 vacancies
10 minutes pass
ec sees 18 vacancies of co
all is well
