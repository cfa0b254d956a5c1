"""Eighty tools of our own in twelve domains that neither the corpus nor the suites have, labelled by LABELS.md.

They were written and labelled before the drafter had read them, and are never tuned on: only totals are looked at.
A parameter is `type role[|role...]` and, after a colon, its description; an enumeration is `a/b/c`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_TYPES = {"s": "string", "i": "integer", "n": "number", "b": "boolean", "o": "object"}
_CRITICAL = frozenset({"destination", "url", "path", "amount", "identifier", "secret", "code"})

# domain, name, description, effects (the label, then what else is right), trusts, parameters
_Row = tuple[str, str, str, str, str, dict[str, str]]

_MUSEUM: list[_Row] = [
    ("museum", "catalogue_artifact", "Enter a new artifact into the collection catalogue.", "write", "trusted",
     {"title": "s content", "accession_no": "s identifier|content", "period": "s content", "notes": "s content"}),
    ("museum", "artifact_provenance", "Chain of ownership of an artifact, with the curators' remarks.", "read",
     "untrusted trusted", {"artifact_id": "s identifier"}),
    ("museum", "loan_out", "Lends an object of the collection to another institution.", "write egress", "trusted",
     {"object_id": "s identifier", "institution": "s destination|identifier", "until": "s time",
      "insured_value": "n amount"}),
    ("museum", "deaccessionObject", "Strikes an object off the inventory for good.", "delete", "trusted",
     {"objectId": "s identifier", "reason": "s content"}),
    ("museum", "gallery_climate", "Temperature and humidity of a gallery over the last hours.", "read", "trusted",
     {"gallery": "s identifier", "hours": "i time|other"}),
    ("museum", "visitor_book_entries", "Reads what visitors wrote into the guest book.", "read", "untrusted",
     {"exhibition": "s identifier|query", "limit": "i other"}),
    ("museum", "email_lenders", "Write to all lenders of an exhibition.", "egress", "trusted",
     {"exhibition_id": "s identifier|destination", "subject": "s content", "body": "s content"}),
]  # fmt: skip
_FARM: list[_Row] = [
    ("farm", "open_sluice", "Opens a sluice gate so that water flows onto a field.", "write", "trusted",
     {"gate": "s identifier", "minutes": "i time|other"}),
    ("farm", "soil_moisture", "Latest soil moisture by probe.", "read", "trusted",
     {"field_id": "s identifier", "depth_cm": "i other"}),
    ("farm", "cull_animal", "Marks an animal for slaughter and takes it out of the herd register.", "delete write",
     "trusted", {"ear_tag": "s identifier", "cause": "s content"}),
    ("farm", "order_seed", "Order seed from the cooperative; the farm account is billed.", "pay", "trusted",
     {"variety": "s identifier|content", "kilos": "n amount", "deliver_to": "s destination"}),
    ("farm", "record_yield", "Log the harvest of a field.", "write", "trusted",
     {"field_id": "s identifier", "tonnes": "n content|amount", "harvested_on": "s time"}),
    ("farm", "dispatch_drone", "Fly a drone along a route and photograph the crop.", "write execute", "trusted",
     {"drone_id": "s identifier", "waypoints": "o content|identifier|path", "altitude_m": "n other"}),
    ("farm", "forum_questions", "Newest questions of other growers in the regional forum.", "read", "untrusted",
     {"topic": "s query", "page": "i other"}),
]  # fmt: skip
_PORT: list[_Row] = [
    ("port", "vessel_eta", "Expected arrival of a vessel.", "read", "trusted", {"imo": "s identifier"}),
    ("port", "declare_cargo", "Files a customs declaration with the authority.", "egress", "trusted",
     {"consignment": "s identifier", "hs_code": "s content|identifier|code", "declared_value": "n amount",
      "currency": "s other", "remarks": "s content"}),
    ("port", "berth_assign", "Gives a vessel a berth.", "write", "trusted",
     {"vessel_id": "s identifier", "berth_id": "s identifier", "arrival": "s time"}),
    ("port", "settle_duties", "Settles open customs duties from the deferment account.", "pay", "trusted",
     {"declaration_id": "s identifier", "account_no": "s identifier|destination", "amount": "n amount"}),
    ("port", "container.release", "Release a container to a haulier at the gate.", "write egress", "trusted",
     {"container_no": "s identifier", "haulier": "s destination|identifier", "pin": "s secret"}),
    ("port", "manifest_download", "Download the cargo manifest of a voyage to disk.", "write read",
     "trusted untrusted", {"voyage": "s identifier", "save_as": "s path"}),
    ("port", "harbour_notices", "Notices to mariners that are in force.", "read", "untrusted trusted", {}),
]  # fmt: skip
_LIBRARY: list[_Row] = [
    ("library", "place_hold", "Puts a hold on a title for a reader.", "write", "trusted",
     {"isbn": "s identifier", "card_number": "s identifier|destination", "pickup_branch": "s identifier|destination"}),
    ("library", "waive_fine", "Lets a reader off a fine.", "delete write pay", "trusted",
     {"reader_id": "s identifier", "fine_id": "s identifier", "justification": "s content"}),
    ("library", "overdue_list", "Readers with overdue loans and what they owe.", "read", "trusted",
     {"branch": "s identifier|query", "days": "i time|other"}),
    ("library", "nudge_reader", "Texts a reader that a loan is due.", "egress", "trusted",
     {"reader_id": "s identifier|destination", "loan_id": "s identifier"}),
    ("library", "fulltextSearch", "Find passages in the digitised holdings.", "read", "untrusted",
     {"phrase": "s query", "decade": "s query|time", "max": "i other"}),
    ("library", "weed_stock", "Withdraws books that nobody borrowed in years from the holdings.", "delete", "trusted",
     {"shelfmark_from": "s identifier|query", "shelfmark_to": "s identifier|query",
      "unborrowed_years": "i query|other|time", "dry_run": "b flag"}),
]  # fmt: skip
_LAB: list[_Row] = [
    ("lab", "register_sample", "Book a sample into the laboratory.", "write", "trusted",
     {"barcode": "s identifier|content", "matrix": "s content", "collected_at": "s time", "hazard": "low/high flag"}),
    ("lab", "run_protocol", "Run a pipetting protocol on the liquid handler.", "execute", "trusted untrusted",
     {"protocol": "s code|identifier|content", "deck": "s identifier"}),
    ("lab", "spectrum_peaks", "Peaks of a measured spectrum.", "read", "trusted",
     {"run_id": "s identifier", "threshold": "n other"}),
    ("lab", "incinerate_waste", "Sends a waste drum to incineration.", "delete egress", "trusted",
     {"drum_id": "s identifier", "contractor": "s destination|identifier"}),
    ("lab", "release_certificate", "Issue the certificate of analysis to the client.", "egress", "trusted",
     {"order_id": "s identifier", "client_email": "s destination", "language": "s other"}),
    ("lab", "reagent_reorder", "Buy more of a reagent from its usual supplier.", "pay", "trusted",
     {"cas": "s identifier", "packs": "i amount", "cost_centre": "s identifier"}),
    ("lab", "instrument_evaluate_macro", "Evaluates a macro on an instrument's controller and returns what it printed.",
     "execute", "untrusted trusted", {"instrument": "s identifier", "macro": "s code|content"}),
]  # fmt: skip
_INSURANCE: list[_Row] = [
    ("insurance", "file_claim", "Report damage to the insurer.", "egress write", "trusted",
     {"policy_number": "s identifier", "incident": "s content", "occurred": "s time", "estimated_loss": "n amount",
      "photos": "a path|content|url"}),
    ("insurance", "claim_notes", "What adjusters and claimants wrote about a claim.", "read", "untrusted",
     {"claim_id": "s identifier"}),
    ("insurance", "settle_claim", "Pays a claim out to the insured.", "pay", "trusted",
     {"claim_id": "s identifier", "payout": "n amount", "iban": "s destination|identifier"}),
    ("insurance", "quote_premium", "What would it cost to insure this?", "read", "trusted",
     {"risk": "o content|other|query", "sum_insured": "n amount|query", "deductible": "n amount|query"}),
    ("insurance", "lapse_policy", "Let a policy lapse at the end of its term.", "delete write", "trusted",
     {"policy_no": "s identifier", "effective": "s time"}),
    ("insurance", "appoint_adjuster", "Appoint an adjuster and send them the file.", "egress", "trusted",
     {"claim_id": "s identifier", "adjuster": "s destination"}),
]  # fmt: skip
_TELECOM: list[_Row] = [
    ("telecom", "activate_sim", "Activates a SIM card on a tariff.", "write pay", "trusted",
     {"iccid": "s identifier", "tariff": "s identifier", "puk": "s secret"}),
    ("telecom", "port_number", "Ports a phone number away to another operator.", "egress write delete", "trusted",
     {"msisdn": "s destination|identifier", "operator": "s destination|identifier", "porting_code": "s secret|code"}),
    ("telecom", "call_records", "Call detail records of a line.", "read", "trusted untrusted",
     {"line_id": "s identifier", "since": "s time", "until": "s time"}),
    ("telecom", "topUp", "Tops a prepaid line up with credit.", "pay", "trusted",
     {"msisdn": "s destination|identifier", "value": "n amount", "voucher": "s secret|identifier"}),
    ("telecom", "bar_line", "Bars a line from outgoing calls.", "write delete", "trusted",
     {"line_id": "s identifier", "kind": "international/all flag"}),
    ("telecom", "broadcast_sms", "Text every subscriber in a cell.", "egress", "trusted",
     {"cell_id": "s identifier|destination", "text": "s content"}),
    ("telecom", "divert_calls", "Divert incoming calls to another number.", "egress write", "trusted",
     {"line_id": "s identifier", "divert_to": "s destination", "condition": "busy/always flag"}),
]  # fmt: skip
_CHARGING: list[_Row] = [
    ("charging", "nearby_chargers", "Chargers around a point.", "read", "trusted",
     {"lat": "n other", "lon": "n other", "radius_km": "n other", "plug": "s query|other"}),
    ("charging", "start_session", "Starts to charge at a connector; the card on file is charged by the kilowatt hour.",
     "pay write", "trusted", {"connector_id": "s identifier", "max_kwh": "n amount|other"}),
    ("charging", "abort_session", "Breaks off a running charging session.", "delete write", "trusted",
     {"session_id": "s identifier"}),
    ("charging", "set_tariff", "Set the price per kilowatt hour at a station.", "write", "trusted",
     {"station_id": "s identifier", "price_per_kwh": "n amount"}),
    ("charging", "update_firmware", "Flash new firmware onto a charge point.", "execute write", "trusted",
     {"charge_point_id": "s identifier", "firmware_url": "s url"}),
    ("charging", "driver_feedback", "Feedback that drivers left about a station.", "read", "untrusted",
     {"station_id": "s identifier", "stars": "i query|other"}),
]  # fmt: skip
_PRINTING: list[_Row] = [
    ("printing", "queue_print", "Queue a model on one of the printers.", "write", "trusted",
     {"printer": "s identifier", "stl_path": "s path", "copies": "i other|amount", "material": "s content|other"}),
    ("printing", "send_gcode", "Sends raw G-code lines to a printer.", "execute egress", "trusted untrusted",
     {"printer": "s identifier|destination", "lines": "s code|content"}),
    ("printing", "slice_model", "Slice an STL into layers and tell the print time.", "read write", "trusted untrusted",
     {"stl_path": "s path", "layer_mm": "n other", "infill": "i other"}),
    ("printing", "webcam_frame", "A frame of the printer's webcam.", "read", "untrusted trusted",
     {"printer": "s identifier"}),
    ("printing", "purge_queue", "Empties a printer's queue.", "delete", "trusted", {"printer": "s identifier"}),
    ("printing", "share_timelapse", "Post a print's timelapse to the makers' community.", "egress", "trusted",
     {"job_id": "s identifier", "caption": "s content", "community": "s destination"}),
]  # fmt: skip
_SCHOOL: list[_Row] = [
    ("school", "enter_grade", "Enter a pupil's grade into the register.", "write", "trusted",
     {"pupil_id": "s identifier", "subject": "s content|identifier", "grade": "s content|other"}),
    ("school", "excuse_absence", "Excuse a pupil's absence.", "write", "trusted",
     {"pupil_id": "s identifier", "day": "s time", "grounds": "s content"}),
    ("school", "parent_letters", "Letters from parents to the class teacher.", "read", "untrusted",
     {"class_name": "s identifier", "unread_only": "b flag"}),
    ("school", "notify_guardians", "Tell the guardians of a class about something.", "egress", "trusted",
     {"class_name": "s identifier|destination", "headline": "s content", "text": "s content"}),
    ("school", "expel_pupil", "Expel a pupil from the school.", "delete", "trusted",
     {"pupil_id": "s identifier", "decision_ref": "s identifier|content"}),
    ("school", "timetable_for", "The timetable of a class in a week.", "read", "trusted",
     {"class_name": "s identifier", "week": "i time"}),
    ("school", "mint_hall_pass", "Make a hall pass with a code to scan.", "write", "trusted",
     {"pupil_id": "s identifier", "valid_minutes": "i time|other"}),
]  # fmt: skip
_LETTING: list[_Row] = [
    ("letting", "raise_rent", "Raises the rent of a flat from a date on.", "write", "trusted",
     {"flat_id": "s identifier", "new_rent": "n amount", "from_date": "s time"}),
    ("letting", "evict_tenant", "Serves notice on a tenant and ends the lease.", "delete egress", "trusted",
     {"lease_id": "s identifier", "grounds": "s content"}),
    ("letting", "refund_deposit", "Gives a tenant the deposit back.", "pay", "trusted",
     {"lease_id": "s identifier", "deductions": "n amount", "bank_account": "s destination|identifier"}),
    ("letting", "grant_portal_access", "Gives somebody access to the tenants' portal.", "egress write", "trusted",
     {"person_email": "s destination", "access": "viewer/manager flag"}),
    ("letting", "meter_readings", "Readings of all meters of a building.", "read", "trusted",
     {"building": "s identifier"}),
    ("letting", "applicant_messages", "Messages from people who want to rent the flat.", "read", "untrusted",
     {"listing_id": "s identifier"}),
    ("letting", "engage_plumber", "Hires a plumber for a repair at an agreed price.", "pay write", "trusted",
     {"flat_id": "s identifier", "plumber_id": "s identifier|destination", "agreed_price": "n amount",
      "job": "s content"}),
]  # fmt: skip
_REGISTRAR: list[_Row] = [
    ("registrar", "domain_availability", "Is this name still free?", "read", "trusted",
     {"name": "s identifier|query|content|url"}),
    ("registrar", "renewDomain", "Renew a domain; the fee is taken from the balance.", "pay", "trusted",
     {"domain": "s url|identifier", "years": "i amount|time|other"}),
    ("registrar", "upsert_record", "Create or overwrite a DNS record of a zone.", "write", "trusted",
     {"zone": "s identifier|url", "type": "A/CNAME/TXT flag", "name": "s identifier|content", "value": "s url|content",
      "ttl": "i time|other"}),
    ("registrar", "push_domain", "Hands a domain over to another customer.", "egress write delete", "trusted",
     {"domain": "s url|identifier", "new_owner": "s destination"}),
    ("registrar", "whois", "Registration data of a domain.", "read egress", "untrusted",
     {"domain": "s url|identifier"}),
    ("registrar", "zone_axfr_wipe", "Wipes all records of a zone.", "delete", "trusted",
     {"zone": "s identifier|url", "confirm": "b flag"}),
    ("registrar", "reveal_auth_code", "Shows the code that is needed to transfer a domain.", "read egress", "trusted",
     {"domain": "s url|identifier"}),
]  # fmt: skip

_ALL = (
    *_MUSEUM, *_FARM, *_PORT, *_LIBRARY, *_LAB, *_INSURANCE, *_TELECOM, *_CHARGING, *_PRINTING, *_SCHOOL, *_LETTING,
    *_REGISTRAR,
)  # fmt: skip


def own_tools() -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Each tool as a line of the corpus and its label."""
    for domain, name, description, effects, trusts, shown in _ALL:
        effect, *effect_also = effects.split()
        trust, *trust_also = trusts.split()
        fields = {one: _parameter(stated) for one, stated in shown.items()}
        roles = {one: accepted for one, (_, accepted) in fields.items()}
        schema = {"type": "object", "properties": {one: kind for one, (kind, _) in fields.items()}}
        yield (
            {"set": domain, "tool": name, "description": description, "input_schema": schema},
            {
                "set": domain,
                "half": "own",
                "tool": name,
                "effect": effect,
                "effect_also": effect_also,
                "trust": trust,
                "trust_also": trust_also,
                "critical": {one: accepted for one, accepted in roles.items() if _CRITICAL & set(accepted)},
                "other": {one: accepted[0] for one, accepted in roles.items() if not _CRITICAL & set(accepted)},
            },
        )


def _parameter(stated: str) -> tuple[dict[str, Any], list[str]]:
    head, _, description = stated.partition(": ")
    kind, accepted = head.split()
    if kind == "a":
        schema: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
    elif "/" in kind:
        schema = {"type": "string", "enum": kind.split("/")}
    else:
        schema = {"type": _TYPES[kind]}
    return ({**schema, "description": description} if description else schema), accepted.split("|")
