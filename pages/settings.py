"""What have we agreed on, and what does each number mean?"""

from ecom.ui import frame, settings_form

view = frame.open_page("settings")
settings_form.settings_form(view)
settings_form.glossary(view)
