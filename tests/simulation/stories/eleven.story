# The whole region, parted in two and joined again.
countries ar br cl co cr ec mx pa pe py uy
co puts 20 vacancies
mx registers 12 people
part co-ec
part mx-ar
part br-uy
br puts 7 vacancies
settle
ec sees 0 vacancies of co
pe sees 20 vacancies of co
uy sees 0 vacancies of br
1 days pass
join co-ec
join mx-ar
join br-uy
all is well
ec sees 20 vacancies of co
uy sees 7 vacancies of br
