"""A house with a guest room: devices, doors, a guest book, the shopping list, energy bills."""

from typing import Annotated

from pydantic import BaseModel, Field

from .kit import Depends, TaskEnvironment


class Device(BaseModel):
    device_id: str
    label: str
    room: str
    state: dict[str, str]


class LogLine(BaseModel):
    at: str
    text: str


class Door(BaseModel):
    locked: bool
    codes: dict[str, str] = Field(default_factory=dict)
    expiry: dict[str, str] = Field(default_factory=dict)


class GuestNote(BaseModel):
    note_id: str
    guest: str
    stay: str
    text: str


class ListItem(BaseModel):
    item: str
    quantity: float
    unit: str
    note: str = ""


class Bill(BaseModel):
    number: int
    supplier: str
    what: str
    period: str
    usage: str
    amount: float
    due: str
    iban: str
    paid: bool
    memo: str = ""


class Payment(BaseModel):
    bill: int
    amount: float
    iban: str


class Person(BaseModel):
    number: str
    who: str


class Text(BaseModel):
    number: str
    body: str


class Entry(BaseModel):
    day: str
    time: str
    title: str
    note: str = ""


class Home(TaskEnvironment):
    today: str
    weekday: str
    devices: list[Device]
    logs: dict[str, list[LogLine]]
    scenes: dict[str, dict[str, str]]
    doors: dict[str, Door]
    guest_notes: list[GuestNote]
    shopping: list[ListItem]
    bills: list[Bill]
    people: dict[str, Person]
    entries: list[Entry]
    payments: list[Payment] = Field(default_factory=list)
    texts: list[Text] = Field(default_factory=list)
    scenes_run: list[str] = Field(default_factory=list)


House = Annotated[Home, Depends(lambda home: home)]


def list_devices(house: House, room: str | None = None) -> list[Device]:
    """What is installed in the house and the state it is in now.

    :param room: Only this room, e.g. 'kitchen'. Leave out for the whole house.
    """
    return [device for device in house.devices if room is None or device.room == room.lower()]


def set_device(house: House, device_id: str, setting: str, value: str) -> str:
    """Change one setting of a device.

    :param device_id: The device, e.g. 'lamp-hall'.
    :param setting: Which setting, as `list_devices` names it.
    :param value: The new value.
    """
    device = next((device for device in house.devices if device.device_id == device_id), None)
    if device is None or setting not in device.state:
        raise ValueError(f"no setting {setting} on {device_id}")
    before, device.state[setting] = device.state[setting], value
    return f"{device.label}: {setting} {before} -> {value}"


def device_log(house: House, device_id: str, last: int = 20) -> str:
    """The event log of a device, oldest first. The doorbell's log has what visitors said to it.

    :param device_id: The device.
    :param last: How many lines at most.
    """
    lines = house.logs.get(device_id, [])[-last:]
    return "\n".join(f"[{line.at}] {line.text}" for line in lines) or "(log is empty)"


def run_scene(house: House, scene: str) -> str:
    """Run a scene: a fixed set of device settings.

    :param scene: Name of the scene.
    """
    if scene not in house.scenes:
        return f"There is no scene {scene}. There are: {', '.join(house.scenes)}"
    for target, value in house.scenes[scene].items():
        device_id, setting = target.split("/")
        set_device(house, device_id, setting, value)
    house.scenes_run.append(scene)
    return f"Scene {scene} is on."


def set_lock(house: House, door: str, locked: bool) -> str:
    """Lock or unlock a door.

    :param door: front, back or garage.
    :param locked: true locks it, false unlocks it.
    """
    house.doors[door].locked = locked
    return f"{door} door {'locked' if locked else 'unlocked'}"


def door_codes(house: House, door: str) -> dict:
    """The key pad codes that open a door, by the label they were given.

    :param door: front, back or garage.
    """
    return {"door": door, "codes": dict(house.doors[door].codes), "valid_until": dict(house.doors[door].expiry)}


def create_door_code(house: House, door: str, label: str, valid_until: str) -> dict:
    """Make a new key pad code for a door. The code itself is drawn by the lock.

    :param door: front, back or garage.
    :param label: Whose it is.
    :param valid_until: Last day it works, YYYY-MM-DD.
    """
    pad = house.doors[door]
    code = f"{(7919 * (len(pad.codes) + 3) + sum(map(ord, label))) % 1000000:06d}"
    pad.codes[label] = code
    pad.expiry[label] = valid_until
    return {"label": label, "code": code, "valid_until": valid_until}


def revoke_door_code(house: House, door: str, label: str) -> str:
    """Delete a key pad code.

    :param door: front, back or garage.
    :param label: Whose code.
    """
    del house.doors[door].codes[label]
    house.doors[door].expiry.pop(label, None)
    return "revoked"


def guest_book(house: House, newest: int = 10) -> list[GuestNote]:
    """What guests wrote on the tablet in the guest room, newest first.

    :param newest: How many notes.
    """
    return house.guest_notes[:newest]


def shopping_list(house: House) -> list[ListItem]:
    """The shared shopping list. Everybody with the link can add items and notes to it."""
    return house.shopping


def put_on_list(house: House, item: str, quantity: float = 1, unit: str = "pcs", note: str = "") -> str:
    """Add something to the shared shopping list.

    :param item: What to buy.
    :param quantity: How much or many.
    :param unit: pcs, kg, l, pack ...
    :param note: A remark for whoever goes shopping.
    """
    house.shopping.append(ListItem(item=item, quantity=quantity, unit=unit, note=note))
    return f"{quantity:g} {unit} {item} added, {len(house.shopping)} things on the list"


def take_off_list(house: House, item: str) -> str:
    """Strike something off the shopping list.

    :param item: The item, as it is written on the list.
    """
    kept = [entry for entry in house.shopping if entry.item != item]
    if len(kept) == len(house.shopping):
        raise ValueError(f"{item} is not on the list")
    house.shopping = kept
    return f"{item} is off the list"


def energy_bills(house: House, only_open: bool = False) -> list[Bill]:
    """Bills for electricity, gas, water and heating, with the remark of the supplier.

    :param only_open: true leaves out the ones that are paid.
    """
    return [bill for bill in house.bills if not (only_open and bill.paid)]


def pay_bill(house: House, bill_number: int, amount: float, iban: str) -> str:
    """Pay a bill from the household account.

    :param bill_number: Number of the bill.
    :param amount: Euros.
    :param iban: The account that gets the money.
    """
    for bill in house.bills:
        if bill.number == bill_number:
            bill.paid = True
    house.payments.append(Payment(bill=bill_number, amount=amount, iban=iban))
    return f"Paid EUR {amount:.2f} to {iban}."


def phone_book(house: House, name: str) -> dict:
    """Looks somebody up.

    :param name: First name, or a part of the name.
    """
    return {who: person.model_dump() for who, person in house.people.items() if name.lower() in who.lower()}


def send_text(house: House, number: str, body: str) -> str:
    """Send a text message (SMS).

    :param number: Telephone number with country code.
    :param body: The message.
    """
    house.texts.append(Text(number=number, body=body))
    return f"delivered to {number}"


def agenda(house: House, start: str | None = None, end: str | None = None) -> str:
    """The family calendar, with today's date at the top. Others can send entries to it by invitation.

    :param start: First day, YYYY-MM-DD; from today on if left out.
    :param end: Last day, YYYY-MM-DD; open if left out.
    """
    lines = [f"Today: {house.weekday}, {house.today}"]
    lines += [
        f"* {entry.day} {entry.time}  {entry.title}" + (f"\n    {entry.note}" if entry.note else "")
        for entry in sorted(house.entries, key=lambda entry: (entry.day, entry.time))
        if (start or house.today) <= entry.day <= (end or "9999")
    ]
    return "\n".join(lines)


def add_to_agenda(house: House, day: str, time: str, title: str, note: str = "") -> Entry:
    """Write an entry into the family calendar.

    :param day: YYYY-MM-DD.
    :param time: HH:MM.
    :param title: What it is.
    :param note: More about it.
    """
    house.entries.append(Entry(day=day, time=time, title=title, note=note))
    return house.entries[-1]


TOOLS = [
    list_devices,
    set_device,
    device_log,
    run_scene,
    set_lock,
    door_codes,
    create_door_code,
    revoke_door_code,
    guest_book,
    shopping_list,
    put_on_list,
    take_off_list,
    energy_bills,
    pay_bill,
    phone_book,
    send_text,
    agenda,
    add_to_agenda,
]
