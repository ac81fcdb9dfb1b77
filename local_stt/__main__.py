"""`python -m local_stt`"""

from .cli import main

if __name__ == "__main__":
    main(prog_name="local_stt")
