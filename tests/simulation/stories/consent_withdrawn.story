# Whoever withdraws consent is seen nowhere any more, also while a disk is slow.
countries co ec pe
co registers 30 people
all is well
the disk of ec is slow
10 people of co withdraw their consent
10 minutes pass
the disk of ec is well
all is well
30 people of co withdraw their consent
all is well
ec sees 0 people of co
pe sees 0 people of co
