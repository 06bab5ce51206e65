"""``streamlit run`` with one more thing in its log: each answer that the pages had to compute."""

import logging

from streamlit.web.cli import main

logging.basicConfig(format="%(name)s %(message)s")
logging.getLogger("ecom.ui.cache").setLevel(logging.DEBUG)
main()
