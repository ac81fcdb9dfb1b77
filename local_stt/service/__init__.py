"""The running program: its parts put together, from settings to a phone number that is answered.

application     `run`, `dial` and `serve`
├── groundwork      engine, storage and switchboard
├── public_address  credentials, numbers, the public address
├── storage         keeps calls, and has events posted
└── background      the jobs
engines         opens engines
model_choice    which model to use
"""
