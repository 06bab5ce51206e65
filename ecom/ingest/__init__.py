"""Export files into the store: sniff, read, recognise, clean, assemble, load."""

from ecom.ingest.examination import Examination, ExaminedTable
from ecom.ingest.examine import examine
from ecom.ingest.frame import load_frame
from ecom.ingest.recognition.layout import Layout, layouts
from ecom.ingest.service import (
    FileOutcome,
    examine_for_store,
    import_file,
    import_files,
    load_examined,
    outcome_of,
)
from ecom.ingest.templates import write_templates

__all__ = [
    "Examination",
    "ExaminedTable",
    "FileOutcome",
    "Layout",
    "examine",
    "examine_for_store",
    "import_file",
    "import_files",
    "layouts",
    "load_examined",
    "load_frame",
    "outcome_of",
    "write_templates",
]
