"""An app with what the benchmark's reader has to get along with."""

import streamlit as st


@st.fragment(run_every=0.2)
def _ticking() -> None:
    st.session_state["ticks"] = st.session_state.get("ticks", 0) + 1


word = st.query_params.get("word", "nothing")
st.markdown(f"the link says {word}")
chosen = st.selectbox("Letter", ["a", "b", "c"], key="letter-en")
st.query_params["letter"] = chosen
st.query_params["ticks"] = str(st.session_state.get("ticks", 0))
if chosen != "c":
    _ticking()
if chosen == "b":
    raise RuntimeError("b is refused")
