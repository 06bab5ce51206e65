"""Start the app: ``streamlit run app.py``."""

from ecom.ui import frame

frame.run()
