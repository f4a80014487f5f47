use super::*;
use std::sync::atomic::AtomicUsize;
use tokio::time::{advance, sleep};

const SECOND: Duration = Duration::from_secs(1);

fn flights() -> Flights<u8, usize> {
    Flights::new(10, SECOND * 60, Duration::ZERO)
}

/// Counts how often it is asked, and answers the count after a second.
async fn ask(count: &AtomicUsize) -> Result<usize, UpstreamError> {
    let number = count.fetch_add(1, Ordering::SeqCst) + 1;
    sleep(SECOND).await;
    Ok(number)
}

#[tokio::test(start_paused = true)]
async fn a_thousand_ask_once() {
    let (flights, count) = (flights(), AtomicUsize::new(0));
    let needs = Needs {
        unheard: SECOND * 2,
        ..Needs::now()
    };
    let askers = (0..1_000).map(|_| flights.get(&1, needs, || None, ask(&count)));
    let answers = futures_util::future::join_all(askers).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap() == 1));
    assert_eq!(
        flights.counts(),
        FlightCounts {
            asked: 1,
            shared: 999
        }
    );
}

#[tokio::test(start_paused = true)]
async fn what_changed_since_is_asked_for_anew() {
    let (flights, count) = (flights(), AtomicUsize::new(0));
    let get = async |standing: Option<u64>| {
        let needs = Needs {
            standing,
            is_heard: standing.is_some(),
            heard: SECOND * 60,
            unheard: SECOND * 2,
            ..Needs::now()
        };
        flights
            .get(&1, needs, || standing, ask(&count))
            .await
            .unwrap()
    };
    assert_eq!(get(None).await, 1);
    assert_eq!(
        get(Some(7)).await,
        2,
        "before anybody listened it may have changed"
    );
    advance(SECOND * 30).await;
    assert_eq!(get(Some(7)).await, 2);
    assert_eq!(get(Some(8)).await, 3);
    assert_eq!(get(None).await, 3, "nobody listens any more, but it is new");
    advance(SECOND * 2).await;
    assert_eq!(get(None).await, 4);
    assert_eq!(get(Some(9)).await, 5);
    advance(SECOND * 60).await;
    assert_eq!(get(Some(9)).await, 6, "nothing is kept for ever");
}

#[tokio::test(start_paused = true)]
async fn what_was_heard_of_is_not_forgotten_when_nothing_is_heard_any_more() {
    let (flights, count) = (flights(), AtomicUsize::new(0));
    let get = async |standing: u64, is_heard: bool| {
        let needs = Needs {
            standing: Some(standing),
            is_heard,
            heard: SECOND * 60,
            unheard: SECOND * 5,
            ..Needs::now()
        };
        let heard = || is_heard.then_some(standing);
        flights.get(&1, needs, heard, ask(&count)).await.unwrap()
    };
    assert_eq!(get(1, true).await, 1);
    assert_eq!(get(1, false).await, 1, "it is new enough");
    assert_eq!(get(2, false).await, 2, "a change was heard of before");
    assert_eq!(get(2, false).await, 2);
}

#[tokio::test(start_paused = true)]
async fn who_wrote_reads_what_they_wrote() {
    let (flights, count) = (flights(), AtomicUsize::new(0));
    let get = async |not_before: Option<Instant>| {
        let needs = Needs {
            not_before,
            standing: Some(1),
            is_heard: true,
            heard: SECOND * 60,
            ..Needs::now()
        };
        flights
            .get(&1, needs, || Some(1), ask(&count))
            .await
            .unwrap()
    };
    assert_eq!(get(None).await, 1);
    let wrote = Instant::now();
    assert_eq!(get(Some(wrote)).await, 2);
    assert_eq!(get(None).await, 2);
    assert_eq!(get(Some(wrote)).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_shared_with_those_who_waited_unless_it_is_the_askers_own() {
    let (flights, count) = (flights(), AtomicUsize::new(0));
    let fail = async |error: UpstreamError| {
        count.fetch_add(1, Ordering::SeqCst);
        sleep(SECOND).await;
        Err(error)
    };
    let needs = Needs::now();
    let askers = (0..100).map(|_| flights.get(&1, needs, || None, fail(UpstreamError::TimedOut)));
    let answers = futures_util::future::join_all(askers).await;
    assert!(answers.iter().all(Result::is_err));
    assert_eq!(count.load(Ordering::SeqCst), 1);
    // The next asks for themselves.
    let refused = fail(UpstreamError::NotFound);
    let refused = flights.get(&1, Needs::now(), || None, refused);
    let needs = Needs::now();
    let served = flights.get(&1, needs, || None, async { Ok(7) });
    let (refused, served) = tokio::join!(refused, served);
    assert!(refused.is_err());
    assert_eq!(served.unwrap(), 7);
}

#[tokio::test(start_paused = true)]
async fn one_who_goes_away_keeps_nobody_waiting() {
    let (flights, count) = (Arc::new(flights()), Arc::new(AtomicUsize::new(0)));
    let asker = |flights: Arc<Flights<u8, usize>>, count: Arc<AtomicUsize>| {
        tokio::spawn(async move { flights.get(&1, Needs::now(), || None, ask(&count)).await })
    };
    let first = asker(flights.clone(), count.clone());
    tokio::task::yield_now().await;
    let second = asker(flights.clone(), count.clone());
    tokio::task::yield_now().await;
    first.abort();
    assert_eq!(second.await.unwrap().unwrap(), 2);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_what_another_has_to_wait_for() {
    let (flights, count) = (flights(), AtomicUsize::new(0));
    let start = Instant::now();
    let spent = async {
        sleep(SECOND * 10).await;
        Ok(())
    };
    let spent = flights.get_when(&1, Needs::now(), || None, spent, |()| ask(&count));
    let fresh = async {
        sleep(SECOND).await;
        let answer = flights.get(&1, Needs::now(), || None, ask(&count)).await;
        assert_eq!(start.elapsed(), SECOND * 2);
        answer
    };
    let (spent, fresh) = tokio::join!(spent, fresh);
    assert_eq!(fresh.unwrap(), 1);
    assert_eq!(
        spent.unwrap(),
        1,
        "an answer that came meanwhile is theirs, too"
    );
    assert_eq!(start.elapsed(), SECOND * 2);
}

#[tokio::test(start_paused = true)]
async fn who_can_not_ask_is_told_what_another_asks() {
    let (flights, count) = (flights(), AtomicUsize::new(0));
    let crowded = || async { Err::<(), _>(UpstreamError::TimedOut) };
    let alone = flights.get_when(&1, Needs::now(), || None, crowded(), |()| ask(&count));
    assert!(alone.await.is_err());
    let needs = Needs {
        unheard: SECOND * 5,
        ..Needs::now()
    };
    let asks = flights.get(&1, needs, || None, ask(&count));
    let listens = flights.get_when(&1, needs, || None, crowded(), |()| ask(&count));
    let (asks, listens) = tokio::join!(asks, listens);
    assert_eq!((asks.unwrap(), listens.unwrap()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_known_is_told_while_something_newer_is_asked() {
    let (flights, count) = (flights(), AtomicUsize::new(0));
    let old = Needs {
        unheard: SECOND * 60,
        ..Needs::now()
    };
    assert_eq!(flights.get(&1, old, || None, ask(&count)).await.unwrap(), 1);
    let start = Instant::now();
    let newer = flights.get(&1, Needs::now(), || None, ask(&count));
    let known = async {
        let answer = flights.get(&1, old, || None, ask(&count)).await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        answer
    };
    let (newer, known) = tokio::join!(newer, known);
    assert_eq!((newer.unwrap(), known.unwrap()), (2, 1));
}

#[tokio::test]
async fn long_answers_make_others_go() {
    let weigh = |_: &u8, answer: Option<&usize>| 1 + answer.copied().unwrap_or_default();
    let flights = Flights::weighed(100, weigh, SECOND * 60, Duration::ZERO);
    for key in 0..20 {
        let answer = flights.get(&key, Needs::now(), || None, async { Ok(40) });
        assert_eq!(answer.await.unwrap(), 40);
    }
    flights.slots.run_pending_tasks();
    assert!((41..=100).contains(&flights.slots.weighted_size()));
    // What is longer than all the room is answered, and not kept.
    let answer = flights.get(&30, Needs::now(), || None, async { Ok(1_000) });
    assert_eq!(answer.await.unwrap(), 1_000);
    flights.slots.run_pending_tasks();
    assert!(flights.slots.weighted_size() <= 100);
    assert!(!flights.slots.contains_key(&30));
}
