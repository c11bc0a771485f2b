
¹minga/page/v1
CO EC
1 0 3
1
wwCYLZV7na2kc8gyZ0T4U5p84SaDRfhMs2uBygGbAeQ=

â€” minga/co/node pakgznLZLUQM1+E2WgMJX8532LMCs5SKjOesI0cElH6T8eNjyw6YF4R6Jw7TBIdYj23tqXcVd20sxlFXI1/aIa+eCAg=
v1 *body0H