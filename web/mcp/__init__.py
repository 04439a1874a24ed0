"""What an agent that teaches may see and do: the Model Context Protocol over a program's key.

``docs/api/mcp.md`` says what is offered and how a client is pointed here.
"""
