"""Where do visitors leave on their way to the purchase?"""

from ecom.text import message
from ecom.ui import carts, experiments, frame, funnel, leaks, own_funnel, product_funnel

SHOW = {
    "steps": funnel.show,
    "own_funnel": own_funnel.show,
    "leaks": leaks.show,
    "carts": carts.show,
    "products": product_funnel.show,
    "experiments": experiments.show,
}

view = frame.open_page("funnel")
part = view.choose(
    "part",
    message("Section"),
    {
        "steps": message("Steps"),
        "own_funnel": message("Your own steps"),
        "leaks": message("Costly leaks"),
        "carts": message("Abandoned carts"),
        "products": message("Products"),
        "experiments": message("Experiments"),
    },
    "steps",
    wrap=True,
)
SHOW[part](view)
