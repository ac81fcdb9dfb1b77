"""`wire`, hosts that run, and `unwire`, as commands of different hosts."""

import pytest

from helpers.program import credentials, program
from stand_ins.twilio_api import number, twilio_api

BEFORE, PUBLIC = "https://before.example/voice", "https://name.example"


@pytest.mark.postgres
def test_a_number_is_wired_once_answered_by_hosts_that_leave_it_alone_and_put_back_from_another(
    tmp_path, postgres, redis_url
):
    import psycopg

    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    with twilio_api(number("+15551110001")) as api:
        (record,) = api.numbers.values()

        def started(folder, *arguments):
            shared = {
                "REDIS_URL": redis_url,
                "DATABASE_URL": postgres,
                "LOCAL_STT_PUBLIC_URL": PUBLIC,
                "LOCAL_STT_HOST_NAME": folder.name,
            }
            return program(*arguments, folder=folder, **credentials(api, folder) | shared)

        def said(folder, *arguments):
            with started(folder, *arguments) as ended:
                code = ended.end(None)
                return code, ended.out + ended.err

        a, b = folders
        run = ("run", "--port", "0", "--workers", "0", "--max-calls", "1")
        try:
            with started(a, *run) as before:
                before.wait_for(
                    rf"\+15551110001 leads to {BEFORE}, and not to {PUBLIC}/call: run `.*wire` once",
                    before.err,
                )
                assert api.updates == []
                assert said(a, "wire") == (
                    0,
                    [f"+15551110001 leads to {PUBLIC}/call; before it led to {BEFORE}."],
                )
                assert before.end() == 0
            with started(b, *run) as after:
                after.wait_for(r"Waiting for calls on \+15551110001", after.err)
                assert not [line for line in after.err if "wire" in line]
                assert after.end() == 0
            assert record["voice_url"] == f"{PUBLIC}/call"
            assert said(b, "unwire") == (0, [f"+15551110001 leads to {BEFORE} again."])
            assert (record["voice_url"], record["voice_method"]) == (BEFORE, "GET")
            said(a, "wire")
            record["voice_url"] = "https://colleague.example/"
            code, lines = said(b, "unwire")
            assert code == 2
            assert "somebody has changed it" in "".join(lines)
            assert said(a, "unwire", "--forget")[0] == 0
            code, lines = said(a, "run", "--wire")
            assert (code, "LOCAL_STT_WIRE is yes" in "".join(lines)) == (2, True)
        finally:
            with psycopg.connect(postgres) as connection:
                connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
