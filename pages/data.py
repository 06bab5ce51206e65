"""What is loaded, and how do I add more?"""

from ecom.ui import batches, frame, supply, uploads

view = frame.open_page("data")
supply.demo_offer(view)
uploads.add_files(view)
supply.coverage(view)
batches.batch_list(view)
supply.other_ways(view)
