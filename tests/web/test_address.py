"""The address holds the rules, the universe and the look: links that are pasted, and the way back from them."""

import base64
import json
import re

HG19 = {"id": "hg19-blood-atac", "name": "Blood ATAC peaks"}
REGIONS = b"chr1\t203327425\t203327695\nchr1\t203328829\t203329099\n"
UNK = "gives the unknown token"


def link(**said):
    """The hash of a link that says so."""
    text = base64.urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode()).decode()
    return f"#v1.{text.rstrip('=')}"


def paste(app, hash_):
    """Put a hash into the address, as a link pasted into the same tab does."""
    app.page.evaluate("hash => { location.hash = hash; }", hash_)


def rule(app, words):
    """Wait until the rule for regions without a hit is the one of these words."""
    chosen = app.rules().page.get_by_label("A region without a hit").locator(":checked")
    chosen.filter(has_text=words).wait_for(state="attached")


def universe(app, name):
    app.page.get_by_role("radio", name=re.compile(name)).and_(app.page.locator(":checked")).wait_for()


def test_the_way_back_from_a_link_takes_it_back(fresh):
    """Back from a link that was pasted into the tab brings the former rules and universe, forward the link's again."""
    app = fresh.ready()
    app.drop(peaks_bed=REGIONS).done("peaks.bed")
    universe(app, "Ensembl")
    hash_ = link(
        universe=HG19,
        options={"unmatched": "unk"},
        look={"kind": "table"},
    )
    paste(app, hash_)
    rule(app, UNK)
    universe(app, "hg19")
    app.page.locator(".figure").filter(has_text="tokens").get_by_text("2", exact=True).wait_for()
    app.page.go_back()
    rule(app, "gives no token")
    universe(app, "Ensembl")
    app.page.get_by_role("tab", name="Tokens", exact=True, selected=True).wait_for()
    app.chip("20723").wait_for()
    assert "#" not in app.page.url
    app.page.go_forward()
    rule(app, UNK)
    universe(app, "hg19")
    app.page.wait_for_url(f"**/{hash_}")
    app.page.go_back()
    rule(app, "gives no token")
    universe(app, "Ensembl")
    app.chip("20723").wait_for()


def test_a_link_pasted_while_a_change_is_written_is_followed(fresh):
    """The address is written a while after a change: if a link was pasted by then, it stays and is followed."""
    app = fresh.ready()
    app.page.evaluate("""() => {
      const real = setTimeout;
      window.setTimeout = (todo, ms, ...given) => ms === 400 ? (window.write = todo, 0) : real(todo, ms, ...given);
    }""")
    app.rules().page.get_by_label("Order of the tokens").select_option("by chromosome and start")
    app.until(lambda: app.page.evaluate("Boolean(window.write)"))
    app.page.evaluate("hash => { location.hash = hash; window.write(); }", link(options={"unmatched": "unk"}))
    rule(app, UNK)
    app.rules().page.get_by_label("Order of the tokens").locator(":checked").filter(has_text="default").wait_for(
        state="attached"
    )


def test_the_sample_says_by_which_rules_it_was_computed(fresh):
    """Where a link brings other rules or another universe, the sample says that it was computed without them."""
    app = fresh.ready()
    notice = app.page.get_by_text("Sample, computed when this page was built")
    notice.wait_for()
    plain = notice.inner_text()
    assert "rules" not in plain
    words = "with the default rules and the hg38 universe"
    for said in (
        {"options": {"unmatched": "unk"}},
        {"universe": HG19},
    ):
        paste(app, link(**said))
        app.page.get_by_text(re.compile(rf"^Sample, .* {words}: the first tokens of")).wait_for()
        app.page.go_back()
        app.page.get_by_text(plain, exact=True).wait_for()
