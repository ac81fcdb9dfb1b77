"""The contacts on the page, in a real browser."""

import re

from playwright.sync_api import expect

from helpers.events import save_call
from helpers.pages import violations
from local_stt.core.contacts import Contact


def test_contacts_are_added_renamed_and_deleted(open_page, store):
    server, start = open_page
    page = start()
    page.get_by_role("link", name="Contacts").click()
    expect(page).to_have_url(f"{server.http}/?view=contacts")
    expect(page).to_have_title("Contacts · local_stt")
    expect(page.get_by_text("There are no contacts yet.")).to_be_visible()
    form = page.get_by_role("form", name="Add a contact")
    form.get_by_label("Number").fill("+1 202 555 0123")
    form.get_by_label("Name").fill("Ann <b>")
    form.get_by_role("button", name="Add").click()
    row = page.get_by_role("row", name=re.compile("Ann"))
    expect(row).to_contain_text("+12025550123")
    assert violations(page) == []
    row.get_by_role("button", name="Rename Ann <b>").click()
    dialog = page.get_by_role("dialog", name="Name this number")
    assert violations(page) == []
    dialog.get_by_label("Name").fill("Anna")
    dialog.get_by_label("Name").press("Enter")
    expect(page.get_by_role("row", name=re.compile("Anna"))).to_be_visible()
    assert store.contacts.names(["+12025550123"]) == {"+12025550123": "Anna"}
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Delete Anna").click()
    expect(page.get_by_role("row", name=re.compile("Anna"))).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete Anna").click()
    expect(page.get_by_text("There are no contacts yet.")).to_be_visible()
    assert store.contacts.all() == []


def test_a_number_that_is_none_is_answered_with_a_sentence(open_page, store, new_page):
    _, start = open_page
    _, problems = new_page
    page = start()
    page.get_by_role("link", name="Contacts").click()
    form = page.get_by_role("form", name="Add a contact")
    form.get_by_label("Number").fill("nonsense")
    form.get_by_label("Name").fill("Ann")
    form.get_by_role("button", name="Add").click()
    expect(page.locator(".report")).not_to_be_empty()
    assert store.contacts.all() == []
    problems[:] = [each for each in problems if "422" not in each]


def test_a_file_of_contacts_is_imported_with_a_report(open_page, store, tmp_path):
    _, start = open_page
    store.contacts.save([Contact("+12025550001", "Anne")])
    file = tmp_path / "people.csv"
    file.write_text("name,number\nAnn,+12025550001\nBob,+12025550002\nNobody,\n")
    page = start()
    page.get_by_role("link", name="Contacts").click()
    expect(page.get_by_role("row", name=re.compile("Anne"))).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import a file").click()
    chooser.value.set_files(file)
    report = page.locator(".report")
    expect(report).to_contain_text("people.csv: 1 contact added, 1 changed, 1 skipped.")
    expect(report.get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("row", name=re.compile("Bob"))).to_be_visible()
    number = page.get_by_role("link", name="+12025550002", exact=True)
    assert number.evaluate("link => link.getClientRects().length") == 1  # line
    assert violations(page) == []


def test_a_name_is_given_in_the_list_and_is_there_at_once(open_page, store):
    _, start = open_page
    save_call(store, "CA1", "hello", at=1_700_000_000_000)
    page = start()
    row = page.locator("#kept .row")
    row.hover()
    row.get_by_role("button", name="Name +15550001").click()
    dialog = page.get_by_role("dialog", name="Name this number")
    expect(dialog).to_contain_text("+15550001")
    dialog.get_by_label("Name").fill("Ann")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(row.locator(".who")).to_have_text("Ann")
    page.reload()
    expect(row.locator(".who")).to_have_text("Ann")


def test_contacts_that_cannot_be_loaded_are_asked_for_again(open_page, store):
    _, start = open_page
    page = start()
    page.route("**/api/contacts", lambda route: route.fulfill(status=404, body="{}"))
    page.get_by_role("link", name="Contacts").click()
    expect(page.get_by_text("The server answered 404.")).to_be_visible()
    assert violations(page) == []
    page.unroute("**/api/contacts")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("There are no contacts yet.")).to_be_visible()
