"""A support desk as a graph of LangGraph, its tool node written out as in LangGraph's quickstart."""

import json
import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from langchain.chat_models import init_chat_model
from langchain.messages import SystemMessage, ToolMessage
from langchain.tools import tool
from langgraph.graph import END, START, MessagesState, StateGraph

HERE = Path(__file__).parent
model = init_chat_model("anthropic:claude-sonnet-5-5", max_tokens=1024)


@tool
def read_ticket(ticket_id: str) -> str:
    """Read what a customer wrote.

    Args:
        ticket_id: The number of the ticket.
    """
    return (HERE / "tickets" / f"{ticket_id}.txt").read_text(encoding="utf-8")


@tool
def send_reply(to: str, text: str) -> str:
    """Send a reply to a customer by email.

    Args:
        to: The customer's address.
        text: The text of the reply.
    """
    message = EmailMessage()
    message["To"], message["Subject"] = to, "Your ticket"
    message.set_content(text)
    with smtplib.SMTP("localhost") as server:
        server.send_message(message)
    return f"Sent to {to}."


@tool
def refund_order(order_id: str, amount: float) -> str:
    """Refund an order.

    Args:
        order_id: The number of the order.
        amount: How much to pay back, in euros.
    """
    with (HERE / "refunds.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"order": order_id, "amount": amount}) + "\n")
    return f"Refunded {amount} for {order_id}."


tools = [read_ticket, send_reply, refund_order]
tools_by_name = {tool.name: tool for tool in tools}
model_with_tools = model.bind_tools(tools)


def llm_call(state: MessagesState):
    """The model decides whether to call a tool or not."""
    system = SystemMessage(content="You work at the support desk of a shop.")
    return {"messages": [model_with_tools.invoke([system, *state["messages"]])]}


def tool_node(state: MessagesState):
    """Performs the tool call."""
    result = []
    for tool_call in state["messages"][-1].tool_calls:
        tool = tools_by_name[tool_call["name"]]
        observation = tool.invoke(tool_call["args"])
        result.append(ToolMessage(content=observation, tool_call_id=tool_call["id"]))
    return {"messages": result}


def should_continue(state: MessagesState) -> Literal["tool_node", "__end__"]:
    """Continue if the model made a tool call, stop otherwise."""
    return "tool_node" if state["messages"][-1].tool_calls else END


builder = StateGraph(MessagesState)
builder.add_node("llm_call", llm_call)
builder.add_node("tool_node", tool_node)
builder.add_edge(START, "llm_call")
builder.add_conditional_edges("llm_call", should_continue, ["tool_node", END])
builder.add_edge("tool_node", "llm_call")
agent = builder.compile()
