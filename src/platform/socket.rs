use super::listener::Listener;
use chat_core::SocketEvent;
use js_sys::{Array, JsString};
use wasm_bindgen::prelude::*;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// A websocket that closes, and falls silent, when it is dropped.
pub(super) struct Socket {
    socket: WebSocket,
    _listeners: [Listener; 3],
}

impl Socket {
    /// Opens a socket on an origin (`http…`); what happens to it is told to `tell`.
    pub fn open(
        origin: &str,
        path: &str,
        protocols: &[String],
        tell: impl Fn(SocketEvent) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let host = origin.strip_prefix("http").unwrap_or_default();
        let url = ["ws", host, path].concat();
        let protocols: Array = protocols
            .iter()
            .map(|protocol| JsString::from(protocol.as_str()))
            .collect();
        let socket = WebSocket::new_with_str_sequence(&url, &protocols)?;
        let (opened, received, closed) = (tell.clone(), tell.clone(), tell);
        let listeners = [
            Listener::new(socket.clone(), "open", move |_| opened(SocketEvent::Opened)),
            Listener::new(socket.clone(), "message", move |event| {
                let data = event
                    .dyn_ref::<MessageEvent>()
                    .and_then(|event| event.data().as_string());
                if let Some(text) = data {
                    received(SocketEvent::Received(text));
                }
            }),
            Listener::new(socket.clone(), "close", move |event| {
                let code = event.dyn_ref::<CloseEvent>().map_or(1006, CloseEvent::code);
                closed(SocketEvent::Closed { code });
            }),
        ];
        Ok(Self {
            socket,
            _listeners: listeners,
        })
    }

    /// Sends a text frame, if the socket is open. Otherwise its end is about to be told.
    pub fn send(&self, text: &str) {
        if self.socket.ready_state() == WebSocket::OPEN {
            let _ = self.socket.send_with_str(text);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.socket.close();
    }
}
