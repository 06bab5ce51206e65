"""Orders name the kind of visit, ad reports the seller of the advertising: who brings which."""

ADVERTISERS = {
    "Paid Search": "Google Ads",
    "Paid Shopping": "Google Ads",
    "Paid Video": "Google Ads",
    "Display": "Google Ads",
    "Cross-network": "Google Ads",
    "Paid Social": "Meta Ads",
}
