"""What is written down loses every secret that the process knows, and what looks like one."""

from services import scrubbing

HOOK = "https://hooks.example.com/v1/deploy/prj_Aa0Bb1Cc2Dd3/Zz9Yy8Xx7Ww6Vv5Uu4"


def test_a_hook_in_work_is_known_by_its_parts_wherever_they_stand():
    scrubbing.learn_hook(HOOK)

    assert scrubbing.without_known("POST /v1/deploy/x?y=Zz9Yy8Xx7Ww6Vv5Uu4.") == "POST /v1/deploy/x?y=…."
    assert scrubbing.without_known("prj_Aa0Bb1Cc2Dd3, unavailable") == "…, unavailable"


def test_a_hook_in_work_is_known_whole_however_short_it_is():
    scrubbing.learn_hook("https://hooks.example.com/abc")

    assert scrubbing.without_known("Try https://hooks.example.com/abc, then abc.") == "Try …, then abc."
    assert scrubbing.without_known("See https://hooks.example.com/abcd") == "See https://hooks.example.com/abcd"


def test_a_long_part_of_small_letters_alone_is_known_too():
    scrubbing.learn_hook("https://hooks.example.com/deploy/thequickbrownfoxjumps")

    assert scrubbing.without_known("no thequickbrownfoxjumps to deploy") == "no … to deploy"


def test_what_lasts_is_taken_out_even_from_within_a_word():
    scrubbing.learn(["kkkkkkkkkkkk1", None, "", "four"])

    assert scrubbing.without_known("xkkkkkkkkkkkk1x four") == "x…x four"


def test_only_so_many_parts_are_remembered(monkeypatch):
    monkeypatch.setattr(scrubbing, "KEPT", 4)
    for letter in "abc":
        scrubbing.learn_hook(f"https://hooks.example.com/{letter}{'0' * 20}")

    text = " ".join(letter + "0" * 20 for letter in "abc")
    assert scrubbing.without_known(text) == f"a{'0' * 20} … …"
