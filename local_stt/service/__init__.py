"""The running program: puts its parts together, from settings to a phone number that is answered.

program         `run` and `dial`, until they are stopped
application     every part, in order
├── cluster         connects this host with the others
├── public_address  credentials, numbers, the public address
├── storage         keeps calls, and sends webhooks
│   └── server_lease    the name under which calls in progress are kept
├── reader          reads the events of calls first: redacts them, and divides what is said into turns
├── background      the background jobs
├── site            the web application
└── status          what the page shows of the program
    ├── first_steps         what a user sets up first
    └── number_sentences    what the callers of a number get
wiring          points numbers at the address of several hosts
work            the parts of a program that does background jobs alone
engines         opens engines
model_choice    which model to use
"""
