# A suspended peer is sent nothing and withdrawn nothing; resumed, it sees what
# holds then.
countries co ec pe
co puts 10 vacancies
all is well
co suspends ec
co withdraws 3 vacancies
co puts 2 vacancies
20 minutes pass
ec sees 10 vacancies of co
pe sees 9 vacancies of co
co resumes ec
all is well
ec sees 9 vacancies of co
