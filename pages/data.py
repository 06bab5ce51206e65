"""What is loaded, and how do I add more?"""

from ecom.ui import frame
from ecom.ui.data import parts

parts.show(frame.open_page("data"))
