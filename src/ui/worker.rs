//! Analysis runs beside the page, in a module worker that is the page's own wasm started again.
//!
//! - `static/worker.js` is the worker's script. The page names its own glue in the address
//!   (`worker.js?app=wheelstage-<hash>`), read from `import.meta.url`: only the build knows the hash.
//! - A worker from an address of this site is what `worker-src 'self'` allows; gloo's own loader
//!   is a `blob:` address and is not.
//! - Messages are bytes ([`Postcard`]): reading and writing a report as JSON would take more code.
//! - gloo hides the worker's `error` event. The script tells what ended the worker on a
//!   [`BroadcastChannel`] instead, whose name is the worker's own: a trap in wasm arrives there
//!   too. A worker whose script could not be loaded says nothing.

use std::{cell::RefCell, rc::Rc};

use gloo::{
    events::EventListener,
    timers::future::TimeoutFuture,
    worker::{Codec, HandlerId, Registrable, Spawnable, Worker, WorkerBridge, WorkerScope},
};
use js_sys::Uint8Array;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{BroadcastChannel, DedicatedWorkerGlobalScope, MessageEvent};

use super::{
    part,
    state::{Comparison, Composition},
    thinking::{Thinker, Thought},
};
use crate::{link::Playground, order::SortedMap, report::Report};

/// What the page sends.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Question {
    /// Files of the catalogue, as text. The answer is [`Answer::Learned`].
    Learn(Vec<String>),
    /// Analyse this, and propose patches. A later one takes its place.
    Analyse {
        /// The revision of the state that the question is about.
        revision: u64,
        /// What is analysed.
        #[serde(with = "by_name")]
        playground: Box<Playground>,
        /// A second platform to compare with.
        compare: Option<String>,
    },
    /// Run several of the proposed fixes together.
    Compose {
        /// The revision that they were proposed for.
        revision: u64,
        /// Their ids, best first.
        fixes: Vec<String>,
    },
}

/// What the worker answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    /// What is known so far: findings first, then with the best fix, then with all of them.
    Report {
        /// The revision of the question.
        revision: u64,
        /// All there is to say.
        report: Box<Report>,
        /// No more fixes will follow.
        complete: bool,
    },
    /// The verdict for the second platform.
    Compared {
        /// The revision of the question.
        revision: u64,
        /// The verdict.
        comparison: Comparison,
    },
    /// What was learned: versions by project, newest first, pre-releases behind the others.
    Learned(SortedMap<String, Vec<String>>),
    /// What came of several fixes together.
    Composed {
        /// The revision of the question.
        revision: u64,
        /// What came of it.
        composition: Box<Composition>,
    },
}

/// Answers the page's questions: the latest one, and gives up on one that a newer follows.
pub(super) struct Analyst {
    thinker: Rc<RefCell<Thinker>>,
    /// The number of the latest question.
    latest: Rc<RefCell<u64>>,
    /// What the latest answer came from.
    thought: Rc<RefCell<Option<Thought>>>,
}

impl Worker for Analyst {
    type Message = ();
    type Input = Question;
    type Output = Answer;

    fn create(_: &WorkerScope<Self>) -> Self {
        Self { thinker: Rc::default(), latest: Rc::default(), thought: Rc::default() }
    }

    fn update(&mut self, _: &WorkerScope<Self>, (): ()) {}

    fn received(&mut self, scope: &WorkerScope<Self>, question: Question, asker: HandlerId) {
        let (revision, playground, compare) = match question {
            Question::Learn(texts) => {
                let learned = self.thinker.borrow_mut().learn(&texts);
                return scope.respond(asker, Answer::Learned(learned));
            }
            Question::Analyse { revision, playground, compare } => (revision, playground, compare),
            Question::Compose { revision, fixes } => {
                let thought = self.thought.borrow();
                if let Some(thought) = thought.as_ref().filter(|thought| thought.revision == revision) {
                    let composition = Box::new(thought.composed(fixes));
                    scope.respond(asker, Answer::Composed { revision, composition });
                }
                return;
            }
        };
        *self.latest.borrow_mut() += 1;
        let number = *self.latest.borrow();
        *self.thought.borrow_mut() = None;
        let (scope, latest, thinker) = (scope.clone(), self.latest.clone(), self.thinker.clone());
        let thought = self.thought.clone();
        wasm_bindgen_futures::spawn_local(async move {
            // Between two steps, questions that have come meanwhile are read.
            let outdated = async || {
                TimeoutFuture::new(0).await;
                *latest.borrow() != number
            };
            if outdated().await {
                return;
            }
            let thinker = thinker.borrow().clone();
            let respond = |answer| scope.respond(asker, answer);
            let keep = |settled| *thought.borrow_mut() = Some(settled);
            thinker.answer(revision, &playground, compare, outdated, respond, keep).await;
        });
    }
}

/// Messages as bytes: fields in their order, without their names.
pub(super) struct Postcard;

impl Codec for Postcard {
    fn encode<I: Serialize>(input: I) -> JsValue {
        let bytes = postcard::to_allocvec(&input).expect("a message of plain data");
        Uint8Array::from(bytes.as_slice()).into()
    }

    fn decode<O: for<'de> Deserialize<'de>>(input: JsValue) -> O {
        let bytes = Uint8Array::from(input).to_vec();
        postcard::from_bytes(&bytes).expect("a message of the same build")
    }
}

/// A playground inside a message: the JSON of a link, for only names tell which fields it leaves
/// out.
mod by_name {
    use serde::{Deserializer, Serializer, de, ser};

    use super::*;

    pub(super) fn serialize<S: Serializer>(
        playground: &Playground,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&serde_json::to_string(playground).map_err(ser::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Box<Playground>, D::Error> {
        serde_json::from_str(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// Whether this instance runs in a worker.
pub(super) fn is_here() -> bool {
    js_sys::global().has_type::<DedicatedWorkerGlobalScope>()
}

/// Waits for the page's questions.
pub(super) fn serve() {
    // A panic ends as a trap that has no words. They are left where the script, which tells of the
    // trap, finds them.
    std::panic::set_hook(Box::new(|panic| {
        let words = JsValue::from_str(&panic.to_string());
        // Nothing more can be done where even this fails.
        let _ = js_sys::Reflect::set(&js_sys::global(), &"panicMessage".into(), &words);
    }));
    wasm_bindgen_futures::spawn_local(async {
        part::fetch().await;
        Analyst::registrar().encoding::<Postcard>().register();
    });
}

/// A worker that runs until this is dropped.
pub(super) struct Running {
    /// Where questions go.
    pub(super) bridge: WorkerBridge<Analyst>,
    channel: BroadcastChannel,
    _listener: EventListener,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.channel.close();
    }
}

/// Starts a worker. `died` is told, in the words of the browser, what has ended it.
///
/// # Errors
///
/// Where the browser has no broadcast channels.
pub(super) fn spawn(
    answered: impl Fn(Answer) + 'static,
    died: impl Fn(String) + 'static,
) -> Result<Running, JsValue> {
    // All pages of this site share the names of channels.
    let id = format!("{:x}", js_sys::Math::random().to_bits());
    let channel = BroadcastChannel::new(&format!("wheelstage-worker-{id}"))?;
    let listener = EventListener::new(&channel, "message", move |event| {
        let reason = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
        died(reason.unwrap_or_default());
    });
    let bridge = Analyst::spawner()
        .callback(answered)
        .encoding::<Postcard>()
        .with_loader(true)
        .as_module(true)
        .spawn(&address(&id));
    Ok(Running { bridge, channel, _listener: listener })
}

/// What the addresses of the program's files begin with: only the build knows the hash in it.
pub(super) fn program() -> String {
    let glue = META.with(ImportMeta::url);
    glue.strip_suffix(".js").unwrap_or(&glue).to_owned()
}

/// The address of the worker's script, which lies beside the program.
fn address(id: &str) -> String {
    let program = program();
    let (folder, name) = program.rsplit_once('/').unwrap_or(("", &program));
    format!("{folder}/worker.js?app={name}&id={id}")
}

#[wasm_bindgen]
extern "C" {
    type ImportMeta;

    #[wasm_bindgen(method, getter)]
    fn url(this: &ImportMeta) -> String;

    #[wasm_bindgen(thread_local_v2, js_namespace = import, js_name = meta)]
    static META: ImportMeta;
}
