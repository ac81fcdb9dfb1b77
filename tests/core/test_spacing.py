"""Words put together into a text."""

import pytest

from local_stt.core.spacing import joined


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["good", "morning"], "good morning"),
        (["今天", "天气", "很", "好"], "今天天气很好"),
        (["今日", "は", "ー", "いい", "天気"], "今日はーいい天気"),
        (["สวัสดี", "ครับ"], "สวัสดีครับ"),
        (["我", "用", "iphone", "打", "电话"], "我用 iphone 打电话"),
        (["오늘", "날씨가", "좋아요"], "오늘 날씨가 좋아요"),
        (["𠀋", "𠀋"], "𠀋𠀋"),
        ([], ""),
    ],
)
def test_spaces_stand_where_the_script_has_them(words, text):
    assert joined(words) == text
