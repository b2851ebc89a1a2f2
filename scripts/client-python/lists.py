"""Lists the pages of a running Masthead with the client that openapi-python-client has generated."""

import json
import sys
import urllib.request

from masthead_client import Client
from masthead_client.api.pages import get_page, list_pages
from masthead_client.models import PageCard, PageSparsePageCard, PageView, ProblemBody


def main(site: str) -> None:
    with urllib.request.urlopen(f"{site}/v1/pages?limit=100") as answer:
        expected = [page["path"] for page in json.load(answer)["data"]]
    if len(expected) < 3:
        sys.exit(f"the sample site has only {len(expected)} pages")

    client = Client(base_url=site)
    cards: list[PageCard] = []
    after = {}
    while True:
        found = list_pages.sync(client=client, limit=2, **after)
        assert isinstance(found, PageSparsePageCard), found
        for card in found.data:
            assert isinstance(card, PageCard), card
            cards.append(card)
        if found.page.next_ is None:
            break
        after = {"after": found.page.next_}
    paths = [card.path for card in cards]
    assert paths == expected, (paths, expected)

    page = get_page.sync(cards[0].id, client=client)
    assert isinstance(page, PageView), page
    assert page.title == cards[0].title and page.blocks, page

    refused = list_pages.sync(client=client, locale="tlh")
    assert isinstance(refused, ProblemBody), refused
    assert refused.status == 400 and refused.code, refused
    print(f"the generated Python client lists {len(paths)} pages, reads one, and knows a problem")


main(sys.argv[1])
