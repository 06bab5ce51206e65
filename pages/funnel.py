"""Where do visitors leave on their way to the purchase?"""

from ecom.text import message
from ecom.ui import (
    carts,
    experiments,
    frame,
    funnel,
    leaks,
    own_funnel,
    product_funnel,
    service,
    step_segments,
)

SHOW = {
    "steps": funnel.show,
    "step_segments": step_segments.show,
    "own_funnel": own_funnel.show,
    "leaks": leaks.show,
    "carts": carts.show,
    "products": product_funnel.show,
    "service": service.show,
    "experiments": experiments.show,
}

view = frame.open_page("funnel")
part = view.choose(
    "part",
    message("Section"),
    {
        "steps": message("Steps"),
        "step_segments": message("Who is at a step"),
        "own_funnel": message("Your own steps"),
        "leaks": message("Costly leaks"),
        "carts": message("Abandoned carts"),
        "products": message("Products"),
        "service": message("Customer service"),
        "experiments": message("Experiments"),
    },
    "steps",
    wrap=True,
)
SHOW[part](view)
