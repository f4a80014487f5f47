use super::super::Credential;
use super::*;
use tokio::time::advance;

const LIMIT: RateLimit = RateLimit {
    requests: 10,
    window: Duration::from_secs(10),
};

fn wish(urgency: Urgency, visitor: &str, seconds: u64) -> Wish<'_> {
    Wish {
        credential: Credential::Key,
        urgency,
        visitor,
        deadline: Instant::now() + Duration::from_secs(seconds),
    }
}

/// A call that takes no time.
async fn call(bucket: &Bucket, wish: Wish<'_>) -> Result<Instant, Crowded> {
    let mut turn = bucket.turn(wish).await?;
    turn.spend();
    Ok(Instant::now())
}

#[tokio::test(start_paused = true)]
async fn no_window_sees_more_calls_than_are_allowed() {
    let bucket = Arc::new(Bucket::new(LIMIT, 1_000));
    let start = Instant::now();
    let calls = (0..35).map(|number| {
        let bucket = bucket.clone();
        async move {
            let visitor = format!("user_{number}");
            let mut turn = bucket
                .turn(wish(Urgency::Visit, &visitor, 60))
                .await
                .unwrap();
            turn.spend();
            let sent = Instant::now();
            // Whop counts it at some moment before it has answered.
            tokio::time::sleep(Duration::from_millis(700 * (number % 3))).await;
            (sent, Instant::now())
        }
    });
    let calls = futures_util::future::join_all(calls).await;
    for (moment, _) in &calls {
        let counted = calls
            .iter()
            .filter(|(sent, answered)| sent <= moment && *moment < *answered + LIMIT.window)
            .count();
        assert!(counted <= 10, "{counted}");
    }
    let all = start.elapsed();
    assert!(
        all >= Duration::from_secs(30) && all < Duration::from_secs(40),
        "{all:?}"
    );
    assert_eq!(bucket.counts().granted, 35);
    assert_eq!(bucket.counts().waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn what_was_written_goes_first() {
    let bucket = Arc::new(Bucket::new(LIMIT, 1_000));
    for _ in 0..10 {
        call(&bucket, wish(Urgency::Visit, "user_ada", 60))
            .await
            .unwrap();
    }
    let later = |urgency, visitor: &'static str| {
        let bucket = bucket.clone();
        async move {
            (
                call(&bucket, wish(urgency, visitor, 60)).await.unwrap(),
                urgency,
            )
        }
    };
    let read = tokio::spawn(later(Urgency::Visit, "user_ada"));
    tokio::task::yield_now().await;
    let written: Vec<_> = (0..5)
        .flat_map(|_| ["user_bob", "user_chen"])
        .map(|writer| tokio::spawn(later(Urgency::Write, writer)))
        .collect();
    let read = read.await.unwrap().0;
    for written in written {
        assert!(written.await.unwrap().0 + LIMIT.window <= read);
    }
}

#[tokio::test(start_paused = true)]
async fn who_would_wait_too_long_is_told_at_once_and_each_another_time() {
    let bucket = Arc::new(Bucket::new(LIMIT, 1_000));
    for _ in 0..10 {
        call(&bucket, wish(Urgency::Visit, "", 1)).await.unwrap();
    }
    let before = Instant::now();
    let mut pauses = Vec::new();
    for _ in 0..30 {
        let crowded = call(&bucket, wish(Urgency::Visit, "", 5))
            .await
            .unwrap_err();
        pauses.push(crowded.retry_after);
    }
    assert_eq!(Instant::now(), before, "nobody waited");
    assert_eq!(pauses.first(), Some(&Duration::from_secs(10)));
    assert_eq!(pauses.last(), Some(&Duration::from_secs(39)));
    assert!(pauses.is_sorted());
    assert_eq!(bucket.counts().refused, 30);
    // Who comes again then is served.
    advance(Duration::from_secs(10)).await;
    assert!(call(&bucket, wish(Urgency::Visit, "", 1)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn no_more_wait_than_may() {
    let bucket = Arc::new(Bucket::new(LIMIT, 3));
    for _ in 0..10 {
        call(&bucket, wish(Urgency::Visit, "", 1)).await.unwrap();
    }
    let waiting = |visitor: &'static str| {
        let bucket = bucket.clone();
        tokio::spawn(async move {
            call(&bucket, wish(Urgency::Visit, visitor, 60))
                .await
                .is_ok()
        })
    };
    let first = [waiting("user_1"), waiting("user_2"), waiting("user_3")];
    tokio::task::yield_now().await;
    assert_eq!(bucket.counts().waiting, 3);
    assert!(!waiting("user_4").await.unwrap());
    // A visitor who goes makes room.
    let [one, two, three] = first;
    one.abort();
    assert!(one.await.is_err());
    assert!(waiting("user_5").await.unwrap());
    assert!(two.await.unwrap() && three.await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_whop_asks_for_is_kept() {
    let bucket = Bucket::new(LIMIT, 1_000);
    bucket.hold(Duration::from_secs(7));
    let start = Instant::now();
    let refused = call(&bucket, wish(Urgency::Write, "", 3))
        .await
        .unwrap_err();
    assert_eq!(refused.retry_after, Duration::from_secs(7));
    let sent = call(&bucket, wish(Urgency::Write, "", 60)).await.unwrap();
    assert_eq!(sent - start, Duration::from_secs(7));
    assert_eq!(bucket.counts().held, 1);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_leaves_room() {
    let bucket = Bucket::new(LIMIT, 1_000);
    for _ in 0..7 {
        call(&bucket, wish(Urgency::Background, "", 1))
            .await
            .unwrap();
    }
    assert!(
        call(&bucket, wish(Urgency::Background, "", 1))
            .await
            .is_err()
    );
    assert!(call(&bucket, wish(Urgency::Visit, "", 1)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_is_not_used_costs_nothing() {
    let bucket = Bucket::new(LIMIT, 1_000);
    for _ in 0..100 {
        drop(bucket.turn(wish(Urgency::Visit, "", 1)).await.unwrap());
    }
    // One that fails on its way does: Whop may have counted it.
    for _ in 0..10 {
        call(&bucket, wish(Urgency::Visit, "", 1)).await.unwrap();
    }
    assert!(call(&bucket, wish(Urgency::Visit, "", 1)).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn one_who_asks_for_much_keeps_nobody_else_out() {
    let bucket = Arc::new(Bucket::new(LIMIT, 1_000));
    for _ in 0..10 {
        call(&bucket, wish(Urgency::Visit, "user_eve", 1))
            .await
            .unwrap();
    }
    let greedy: Vec<_> = (0..100)
        .map(|_| {
            let bucket = bucket.clone();
            tokio::spawn(async move { call(&bucket, wish(Urgency::Visit, "user_eve", 15)).await })
        })
        .collect();
    tokio::task::yield_now().await;
    assert_eq!(bucket.counts().waiting, MOST_WAITING_FOR_ONE);
    let start = Instant::now();
    let newcomers = (0..9).map(|number| {
        let bucket = bucket.clone();
        async move {
            let visitor = format!("user_{number}");
            call(&bucket, wish(Urgency::Visit, &visitor, 15)).await
        }
    });
    for newcomer in futures_util::future::join_all(newcomers).await {
        assert!(newcomer.unwrap() - start <= LIMIT.window);
    }
    let refused = call(&bucket, wish(Urgency::Visit, "user_late", 1)).await;
    assert!(
        refused.unwrap_err().retry_after <= LIMIT.window * 2,
        "the greedy one's refusals are no promises"
    );
    for greedy in greedy {
        drop(greedy.await.unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_pause_is_kept_and_visitors_are_told_a_short_one() {
    let bucket = Bucket::new(LIMIT, 1_000);
    bucket.hold(Duration::from_secs(600));
    let refused = call(&bucket, wish(Urgency::Write, "", 3))
        .await
        .unwrap_err();
    assert_eq!(refused.retry_after, LONGEST_PAUSE);
    advance(Duration::from_secs(599)).await;
    let late = wish(Urgency::Write, "", 0);
    assert!(call(&bucket, late).await.is_err());
    advance(Duration::from_secs(1)).await;
    assert!(call(&bucket, wish(Urgency::Write, "", 1)).await.is_ok());
}
