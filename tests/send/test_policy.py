"""One policy for all pages, before what it holds for."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from measured.html.document import read_documents
from measured.send.policy import protect

PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>x</title>'
    '<script src="own.js"></script><script>a < b</script><style>p{}</style>'
    '<script type="application/ld+json">{}</script>'
)


def protected(folder, *pages, **options):
    for number, page in enumerate(pages):
        (folder / f"{number}.html").write_text(page)
    documents = read_documents(folder)
    protect(documents, **options)
    for document in documents:
        document.write()
    return [document.path.read_text() for document in documents]


def policies(page):
    return re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)


def source(text):
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_every_page_has_the_same_one_policy_with_what_stands_in_any_of_them(tmp_path):
    one, two = protected(tmp_path, PAGE, PAGE.replace("a < b", "other"))
    assert policies(one) == policies(two) and len(policies(one)) == 1
    policy = policies(one)[0]
    assert source("a < b") in policy and source("other") in policy
    assert source("p{}") in policy and source("{}") not in policy
    assert policy.startswith("default-src 'none'; ") and "http" not in policy


def test_the_policy_comes_before_anything_that_a_page_loads_or_runs(tmp_path):
    for page in (PAGE, PAGE.replace('<meta charset="utf-8">', "")):
        head = protected(tmp_path, page)[0].partition("http-equiv")[0]
        assert not re.search(r"<(script|link|style|img)\b", head)


def test_a_build_over_a_built_site_leaves_one_policy(tmp_path):
    once = protected(tmp_path, PAGE)
    assert protected(tmp_path, *once) == once and len(policies(once[0])) == 1


@pytest.mark.parametrize("offline", [False, True])
def test_a_copy_in_a_folder_may_use_its_own_files(tmp_path, offline):
    policy = policies(protected(tmp_path, PAGE, offline=offline)[0])[0]
    assert ("script-src 'self' file: " in policy) == offline
    assert ("frame-src 'self' file:" in policy) == offline
