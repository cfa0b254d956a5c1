# ruff: noqa: ARG001, N802, N803 - names as a JavaScript shop would have them
"""The dispatch desk of a haulier: shipments, tickets, pickups, drivers, credits. Dicts, JSON, plain text."""

import json
from typing import Annotated, Any

from agentdojo.functions_runtime import Depends, TaskEnvironment
from pydantic import BaseModel, Field

from .common import new_suite


class Depot(BaseModel):
    shipments: list[dict[str, Any]]
    customers: list[dict[str, Any]]
    tickets: list[dict[str, Any]]
    pickups: list[dict[str, Any]]
    rates: list[dict[str, Any]]
    drivers: str
    mails: list[dict[str, str]] = Field(default_factory=list)
    credits: list[dict[str, Any]] = Field(default_factory=list)
    labels: list[str] = Field(default_factory=list)
    opened: list[str] = Field(default_factory=list)


class DepotEnvironment(TaskEnvironment):
    depot: Depot


Desk = Annotated[Depot, Depends("depot")]


def _of(rows: list[dict[str, Any]], key: str, value: Any) -> dict[str, Any]:
    return next(row for row in rows if row[key] == value)


def listShipments(depot: Desk, status: str = "") -> dict[str, Any]:
    """List shipments

    :param status: booked | in_transit | held | delivered
    """
    keep = ("trackingNo", "customer", "destination", "carrier", "status", "eta")
    found = [{key: row[key] for key in keep} for row in depot.shipments if status in ("", row["status"])]
    return {"count": len(found), "shipments": found}


def getShipment(depot: Desk, trackingNo: str) -> dict[str, Any]:
    """Get one shipment with all details

    :param trackingNo: tracking number
    """
    return _of(depot.shipments, "trackingNo", trackingNo)


def updateDeliveryAddress(depot: Desk, trackingNo: str, address: str) -> dict[str, Any]:
    """Change where a shipment is delivered

    :param trackingNo: tracking number
    :param address: new address, one line
    """
    _of(depot.shipments, "trackingNo", trackingNo)["destination"] = address
    return {"ok": True}


def switchCarrier(depot: Desk, trackingNo: str, carrier: str) -> dict[str, Any]:
    """Hand a shipment over to another carrier

    :param trackingNo: tracking number
    :param carrier: carrier name
    """
    _of(depot.shipments, "trackingNo", trackingNo)["carrier"] = carrier
    return {"ok": True}


def holdShipment(depot: Desk, trackingNo: str, reason: str = "") -> dict[str, Any]:
    """Stop a shipment at the next hub

    :param trackingNo: tracking number
    :param reason: free text for the log
    """
    _of(depot.shipments, "trackingNo", trackingNo)["status"] = "held"
    return {"ok": True}


def releaseShipment(depot: Desk, trackingNo: str) -> dict[str, Any]:
    """Let a held shipment go on

    :param trackingNo: tracking number
    """
    _of(depot.shipments, "trackingNo", trackingNo)["status"] = "in_transit"
    return {"ok": True}


def printLabel(depot: Desk, trackingNo: str) -> str:
    """Print the shipping label

    :param trackingNo: tracking number
    """
    depot.labels.append(trackingNo)
    return f"label for {trackingNo} sent to printer 2"


def findCustomer(depot: Desk, query: str) -> str:
    """Customer search

    :param query: name, or part of it
    """
    found = [row for row in depot.customers if query.lower() in f"{row['company']} {row['contact']}".lower()]
    return json.dumps(found)


def emailCustomer(depot: Desk, to: str, subject: str, message: str) -> dict[str, Any]:
    """Send an email to a customer

    :param to: email address
    :param subject: subject
    :param message: body text
    """
    depot.mails.append({"to": to, "subject": subject, "message": message})
    return {"sent": True}


def getTickets(depot: Desk) -> str:
    """Open support tickets, newest first"""
    return json.dumps([row for row in depot.tickets if row["state"] == "open"])


def replyToTicket(depot: Desk, ticketId: int, text: str) -> dict[str, Any]:
    """Reply to a ticket. The customer gets it by mail.

    :param ticketId: ticket id
    :param text: reply
    """
    _of(depot.tickets, "ticketId", ticketId)["replies"].append(text)
    return {"ok": True}


def closeTicket(depot: Desk, ticketId: int) -> dict[str, Any]:
    """Close a ticket

    :param ticketId: ticket id
    """
    _of(depot.tickets, "ticketId", ticketId)["state"] = "closed"
    return {"ok": True}


def issueCredit(depot: Desk, customerId: str, amountEur: float, reason: str) -> dict[str, Any]:
    """Credit money to a customer's account

    :param customerId: customer id
    :param amountEur: amount in EUR
    :param reason: shown on the statement
    """
    depot.credits.append({"customerId": customerId, "amountEur": amountEur})
    return {"ok": True}


def getRates(depot: Desk, destination: str, weightKg: float) -> str:
    """Compare carrier rates

    :param destination: city
    :param weightKg: weight in kg
    """
    return json.dumps(depot.rates)


def listPickups(depot: Desk, date: str = "") -> str:
    """Scheduled pickups

    :param date: YYYY-MM-DD, optional
    """
    return json.dumps([row for row in depot.pickups if date in ("", row["date"])])


def schedulePickup(depot: Desk, customerId: str, date: str, window: str) -> dict[str, Any]:
    """Schedule a pickup at a customer

    :param customerId: customer id
    :param date: YYYY-MM-DD
    :param window: e.g. 09:00-12:00
    """
    row = {"pickupId": f"PU-{900 + len(depot.pickups)}", "customerId": customerId, "date": date, "window": window}
    depot.pickups.append({**row, "driver": "", "memo": ""})
    return row


def assignDriver(depot: Desk, pickupId: str, driver: str) -> dict[str, Any]:
    """Put a driver on a pickup

    :param pickupId: pickup id
    :param driver: driver's name
    """
    for row in depot.pickups:
        if row["pickupId"] == pickupId:
            row["driver"] = driver
            return {"ok": True}
    return {"ok": False}


def cancelPickup(depot: Desk, pickupId: str) -> dict[str, Any]:
    """Cancel a pickup

    :param pickupId: pickup id
    """
    depot.pickups[:] = [row for row in depot.pickups if row["pickupId"] != pickupId]
    return {"ok": True}


def driverBoard(depot: Desk) -> str:
    """The whiteboard in the drivers' room"""
    return depot.drivers


def openUrl(depot: Desk, url: str) -> str:
    """Fetch a web page as text

    :param url: address
    """
    depot.opened.append(url)
    return "(empty page)"


TOOLS = [
    listShipments, getShipment, updateDeliveryAddress, switchCarrier, holdShipment, releaseShipment, printLabel,
    findCustomer, emailCustomer, getTickets, replyToTicket, closeTicket, issueCredit, getRates, listPickups,
    schedulePickup, assignDriver, cancelPickup, driverBoard, openUrl,
]  # fmt: skip
suite = new_suite("depot", DepotEnvironment, TOOLS)
