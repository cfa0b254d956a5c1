"""An agent on the tools of an MCP server, as in MCP's own client tutorial."""

import sys
from pathlib import Path

from anthropic import AsyncAnthropic
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

SERVER = StdioServerParameters(command=sys.executable, args=[str(Path(__file__).parent / "server.py")])


async def answer(task: str) -> str:
    async with stdio_client(SERVER) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        listed = await session.list_tools()
        tools = [
            {"name": tool.name, "description": tool.description or "", "input_schema": tool.input_schema}
            for tool in listed.tools
        ]
        return await converse(session, tools, task)


async def converse(session: ClientSession, tools: list, task: str) -> str:
    messages: list = [{"role": "user", "content": task}]
    async with AsyncAnthropic() as client:
        while True:
            reply = await client.messages.create(
                model="claude-sonnet-5-5", max_tokens=1000, messages=messages, tools=tools
            )
            messages.append({"role": "assistant", "content": reply.content})
            results = []
            for block in reply.content:
                if block.type == "tool_use":
                    result = await session.call_tool(block.name, block.input)
                    text = "\n".join(part.text for part in result.content if part.type == "text")
                    results.append(
                        {"type": "tool_result", "tool_use_id": block.id, "content": text, "is_error": result.is_error}
                    )
            if not results:
                return "\n".join(block.text for block in reply.content if block.type == "text")
            messages.append({"role": "user", "content": results})


answer.tools = SERVER  # for pytest-agentsafety, which looks at the tools before the agent runs
