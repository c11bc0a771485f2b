# A node that dies between storing the new key of a peer and making its feed
# anew goes on taking what it is given.
countries co ec pe cl
seed 10376
pe registers 5 people
settle
pe dies after 10 writes
pe joins cl again
3 people of pe consent
all is well
