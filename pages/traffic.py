"""Who comes, from where, and what do they bring?"""

from ecom.text import message
from ecom.ui import (
    content,
    drilldown,
    frame,
    hour_visits,
    keywords,
    paths,
    traffic,
    traffic_changes,
    traffic_quality,
)

SHOW = {
    "visits": traffic.show,
    hour_visits.PART: hour_visits.show,
    "quality": traffic_quality.show,
    "drilldown": drilldown.show,
    "changes": traffic_changes.show,
    "keywords": keywords.show,
    "content": content.show,
    "paths": paths.show,
}

view = frame.open_page("traffic")
part = view.choose(
    "part",
    message("Section"),
    {
        "visits": message("Who comes"),
        hour_visits.PART: message("Who comes when"),
        "quality": message("What they are worth"),
        "drilldown": message("Drill down"),
        "changes": message("What changed"),
        "keywords": message("Search words"),
        "content": message("Content and private domain"),
        "paths": message("Paths"),
    },
    "visits",
    wrap=True,
)
SHOW[part](view)
