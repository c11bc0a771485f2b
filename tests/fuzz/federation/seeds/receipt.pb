
íminga/receipt/v1
EC CO
1 0 3
0 0 1
wwCYLZV7na2kc8gyZ0T4U5p84SaDRfhMs2uBygGbAeQ=
WTcQ5u3Qbx6ARTs2wlWTNHEbLrQk6tD1JW5g13pDF7U=

â€” minga/ec/node TG10IgMHAA/KmtqsWpSH+Fv7t9p7nyVInwiv3Q6gTvOadY9RnWB4X47C7ZBVkqDDgouMcDOGupThbQJTzhhQalpZjgc=
bad