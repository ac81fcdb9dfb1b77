"""Answers questions about kept calls with the user's own language model.

assistant       one answer about one call, and a bound on those that wait
├── client          asks the model, over OpenAI's API
├── prompts         what the model is asked to do
├── parts           what was said as lines, in parts that the model can read
└── answer_text     makes harmless text of what the model wrote
"""

from .assistant import Answer, Assistant, assistant_of
from .prompts import Length, Order, Task

__all__ = ["Answer", "Assistant", "Length", "Order", "Task", "assistant_of"]
