"""A buyer's account in a marketplace: catalogue, reviews, basket, orders, returns, gift cards, sellers' messages."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from .kit import Depends, TaskEnvironment


class Review(BaseModel):
    stars: int
    author: str
    text: str


class Product(BaseModel):
    sku: str
    title: str
    brand: str
    price: float
    rating: float
    stock: int
    blurb: str
    page: str
    reviews: list[Review] = Field(default_factory=list)


class Hit(BaseModel):
    sku: str
    title: str
    price: float
    rating: float
    blurb: str


class Line(BaseModel):
    sku: str
    qty: int


class OrderLine(BaseModel):
    sku: str
    title: str
    qty: int
    price: float


class Order(BaseModel):
    order_no: str
    placed: str
    status: str
    lines: list[OrderLine]
    shipping: float
    total: float
    ship_to: str
    last_update: str = ""
    tracking_page: str | None = None
    cancel_reason: str | None = None


class Summary(BaseModel):
    order_no: str
    placed: str
    status: str
    what: str
    total: float
    last_update: str


class Message(BaseModel):
    thread: int
    sender: str
    received: str
    unread: bool
    subject: str
    text: str


class Reply(BaseModel):
    thread: int
    text: str


class Address(BaseModel):
    label: str
    street: str
    postcode: str
    city: str
    country: str


class Profile(BaseModel):
    name: str
    email: str
    phone: str
    card: str
    default_address: str
    addresses: list[Address]


class Return(BaseModel):
    rma: str
    order_no: str
    sku: str
    reason: str
    refund_to: str


class GiftCard(BaseModel):
    amount: float
    recipient: str
    message: str


class OwnReview(BaseModel):
    sku: str
    stars: int
    text: str


class Shop(TaskEnvironment):
    today: str
    products: list[Product]
    basket: list[Line]
    orders: list[Order]
    inbox: list[Message]
    profile: Profile
    cards: dict[str, float]
    tracking: dict[str, str]
    searches: list[str] = Field(default_factory=list)
    visited: list[str] = Field(default_factory=list)
    replies: list[Reply] = Field(default_factory=list)
    returns: list[Return] = Field(default_factory=list)
    gifts: list[GiftCard] = Field(default_factory=list)
    own_reviews: list[OwnReview] = Field(default_factory=list)

    def product(self, sku: str) -> Product:
        found = next((product for product in self.products if product.sku == sku), None)
        if found is None:
            raise ValueError(f"unknown article {sku}")
        return found

    def order(self, order_no: str) -> Order:
        found = next((order for order in self.orders if order.order_no == order_no), None)
        if found is None:
            raise ValueError(f"you have no order {order_no}")
        return found


Account = Annotated[Shop, Depends(lambda shop: shop)]


def search_catalogue(account: Account, terms: str, max_price: float | None = None) -> list[Hit]:
    """Search all sellers' offers. Sellers see which terms led to them.

    :param terms: Words of the title or description.
    :param max_price: Only offers up to this price in euros.
    """
    account.searches.append(terms)
    words = terms.lower().split()
    return [
        Hit(**product.model_dump(include=set(Hit.model_fields)))
        for product in account.products
        if all(word in f"{product.title} {product.brand} {product.blurb}".lower() for word in words)
        and (max_price is None or product.price <= max_price)
    ]


def product_page(account: Account, sku: str) -> str:
    """The full page of an offer, as the seller wrote it.

    :param sku: Article number.
    """
    product = account.product(sku)
    stock = f"{product.stock} in stock" if product.stock else "sold out"
    return f"{product.title}\nby {product.brand} - {product.price:.2f} EUR - {stock}\n\n{product.page}"


def product_reviews(account: Account, sku: str, max_stars: int = 5) -> list[Review]:
    """What buyers say about an offer.

    :param sku: Article number.
    :param max_stars: Leaves out reviews with more stars than this.
    """
    return [review for review in account.product(sku).reviews if review.stars <= max_stars]


def view_basket(account: Account) -> dict:
    """The basket and what it comes to."""
    lines = {line.sku: {"title": account.product(line.sku).title, "qty": line.qty} for line in account.basket}
    total = sum(account.product(line.sku).price * line.qty for line in account.basket)
    return {"lines": lines, "total": round(total, 2)}


def add_to_basket(account: Account, sku: str, qty: int = 1) -> str:
    """Put an offer into the basket.

    :param sku: Article number.
    :param qty: How many.
    """
    product = account.product(sku)
    if product.stock < qty:
        raise ValueError("not enough in stock")
    account.basket.append(Line(sku=sku, qty=qty))
    return f"{qty} x {product.title} in your basket"


def checkout(account: Account, address_label: str, gift_card: str | None = None) -> Order:
    """Buy what is in the basket, with the saved card.

    :param address_label: Label of the saved address the parcel goes to.
    :param gift_card: Code of a gift card to use up first.
    """
    if address_label not in {address.label for address in account.profile.addresses}:
        raise ValueError(f"no saved address {address_label}")
    if not account.basket:
        raise ValueError("the basket is empty")
    lines = [
        OrderLine(
            sku=line.sku, title=account.product(line.sku).title, qty=line.qty, price=account.product(line.sku).price
        )
        for line in account.basket
    ]
    total = round(sum(line.price * line.qty for line in lines), 2)
    order = Order(
        order_no=f"MK-{7300 + len(account.orders)}-{chr(65 + len(account.orders))}",
        placed=account.today,
        status="confirmed",
        lines=lines,
        shipping=0.0,
        total=total,
        ship_to=address_label,
    )
    if gift_card is not None:
        account.cards[gift_card] = round(max(0.0, account.cards[gift_card] - total), 2)
    account.orders.append(order)
    account.basket = []
    return order


def my_orders(account: Account, status: str | None = None) -> list[Summary]:
    """Your orders, newest first, one line each, with the latest scan or remark of the carrier.

    :param status: confirmed, packed, shipped, delivered or cancelled.
    """
    return [
        Summary(
            order_no=order.order_no,
            placed=order.placed,
            status=order.status,
            what=", ".join(f"{line.qty} x {line.title}" for line in order.lines),
            total=order.total,
            last_update=order.last_update,
        )
        for order in sorted(account.orders, key=lambda order: order.placed, reverse=True)
        if status in (None, order.status)
    ]


def order_details(account: Account, order_no: str) -> Order:
    """Everything about one order.

    :param order_no: Order number, e.g. 'MK-7301-B'.
    """
    return account.order(order_no)


def cancel_order(account: Account, order_no: str, reason: str = "") -> str:
    """Cancel an order that has not been shipped.

    :param order_no: Order number.
    :param reason: A word for the seller.
    """
    order = account.order(order_no)
    if order.status not in ("confirmed", "packed"):
        return f"{order_no} is already {order.status} and cannot be cancelled. Use a return instead."
    order.status = "cancelled"
    order.cancel_reason = reason
    return f"{order_no} is cancelled, {order.total:.2f} EUR go back to your card."


def request_return(
    account: Account, order_no: str, sku: str, reason: str, refund_to: Literal["card", "gift_card"] = "card"
) -> dict:
    """Announce that you send an article back.

    :param order_no: Order number.
    :param sku: Which article of the order.
    :param reason: Why; the seller reads it.
    :param refund_to: Where the money goes.
    """
    order = account.order(order_no)
    if sku not in {line.sku for line in order.lines}:
        raise ValueError(f"{sku} is not in {order_no}")
    rma = f"RMA{810 + len(account.returns)}"
    account.returns.append(Return(rma=rma, order_no=order_no, sku=sku, reason=reason, refund_to=refund_to))
    return {"rma": rma, "label": f"https://labels.markthalle.example/{rma}.pdf"}


def seller_inbox(account: Account, unread_only: bool = False) -> list[Message]:
    """Messages from sellers, other buyers and the marketplace.

    :param unread_only: true for unread ones only.
    """
    return [message for message in account.inbox if message.unread or not unread_only]


def answer_message(account: Account, thread: int, text: str) -> str:
    """Answer in a thread of the inbox.

    :param thread: Number of the thread.
    :param text: The answer.
    """
    sender = next(message.sender for message in account.inbox if message.thread == thread)
    account.replies.append(Reply(thread=thread, text=text))
    return f"sent to {sender}"


def my_profile(account: Account) -> Profile:
    """Your name, contact details, saved card and saved addresses."""
    return account.profile


def save_address(
    account: Account, label: str, street: str, postcode: str, city: str, country: str, make_default: bool = False
) -> str:
    """Save an address in the profile. One with the same label is replaced.

    :param label: What you call it.
    :param street: Street and number, or the name of a pick-up point.
    :param postcode: Postcode.
    :param city: Town.
    :param country: Country.
    :param make_default: Whether orders go there from now on.
    """
    profile = account.profile
    profile.addresses = [address for address in profile.addresses if address.label != label]
    profile.addresses.append(Address(label=label, street=street, postcode=postcode, city=city, country=country))
    if make_default:
        profile.default_address = label
    return f"Saved '{label}'. Default: {profile.default_address}."


def gift_cards(account: Account) -> dict:
    """Codes of the gift cards you own, and what is left on them."""
    return dict(account.cards)


def send_gift_card(account: Account, amount: float, recipient: str, message: str = "") -> str:
    """Buy a gift card with the saved card and mail it to somebody.

    :param amount: Euros.
    :param recipient: Mail address.
    :param message: A greeting.
    """
    account.gifts.append(GiftCard(amount=amount, recipient=recipient, message=message))
    return f"A gift card of {amount:.2f} EUR is on its way to {recipient}."


def write_review(account: Account, sku: str, stars: int, text: str) -> str:
    """Publish a review under your name.

    :param sku: Article number.
    :param stars: 1 to 5.
    :param text: The review.
    """
    account.own_reviews.append(OwnReview(sku=sku, stars=stars, text=text))
    return "Published. Thank you!"


def open_tracking_page(account: Account, url: str) -> str:
    """Open a carrier's tracking page.

    :param url: The address of the page, as an order has it.
    """
    account.visited.append(url)
    return account.tracking.get(url, "404 - there is no such page")


TOOLS = [
    search_catalogue,
    product_page,
    product_reviews,
    add_to_basket,
    view_basket,
    checkout,
    my_orders,
    order_details,
    cancel_order,
    request_return,
    seller_inbox,
    answer_message,
    my_profile,
    save_address,
    gift_cards,
    send_gift_card,
    write_review,
    open_tracking_page,
]
