"""What have we agreed on, and what does each number mean?"""

from ecom.ui import channel_rules, frame, settings_form

view = frame.open_page("settings")
settings_form.settings_form(view)
channel_rules.channel_rules(view)
channel_rules.kind_rules(view)
settings_form.glossary(view)
