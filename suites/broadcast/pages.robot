*** Settings ***
Documentation    A list of orders on a page in real browsers: it shows at once what its user does, and in the end what
...              the server has. Each browser is on another server instance, and Redis joins the two.

Resource         ../../resources/sync.resource

Test Tags        broadcast


*** Test Cases ***
An order goes from browser to browser
    [Documentation]    Browser, instance 1, Redis, instance 2, WebSocket, browser; every leg on a link of its own.
    [Tags]    B-13    priority:high
    Given Alice and Bob have the order page open
     When Alice adds 5 orders
     Then the pages of Alice and Bob should show the same 5 orders within 10 seconds

An order is shown at once, and once
    [Documentation]    Before the server has saved it, and not a second time when its broadcast comes back.
    [Tags]    B-09    priority:high
    Given Alice and Bob have the order page open
     When Alice adds order "tea"
     Then Alice's page should have shown order "tea" at once
      And the pages of Alice and Bob should show the same 1 order within 10 seconds

Another browser fetches the list again
    [Documentation]    Bob is told only that the list has changed: he fetches it, also when an order is gone.
    [Tags]    B-10    priority:high
    Given Alice and Bob have the order page open
     When Alice adds order "tea"
      And Alice adds order "coffee"
     Then Bob's page should show order "coffee" within 10 seconds
      And the pages of Alice and Bob should show the same 2 orders within 10 seconds
     When Alice removes order "tea"
     Then Bob's page should show order "tea" no more within 10 seconds

Three tabs need no server to agree
    [Documentation]    Alice is offline, and all her tabs show her order; few messages are enough for that.
    [Tags]    B-11    priority:high
    Given Alice and Bob have the order page open
      And Alice opens the page in 2 more tabs
     When Alice's network is cut
      And Alice adds order "tea"
     Then Alice's page should show order "tea" within 5 seconds
     When Alice's network is restored after 5 seconds
     Then the pages of Alice and Bob should show the same 1 order within 20 seconds
      And Alice's tabs should have sent each other at most 2 messages

Orders that were added offline are saved later
    [Documentation]    They wait in Alice's browser, and are saved once each when its network is back.
    [Tags]    B-09    priority:high
    Given Alice and Bob have the order page open
     When Alice's network is cut
      And Alice adds 4 orders
      And Alice's network is restored after 8 seconds
     Then the pages of Alice and Bob should show the same 4 orders within 20 seconds

One change of two is refused
    [Documentation]    Offline, Alice changes what Bob removes, and adds another order: that one alone is taken back.
    [Tags]    B-09    priority:high
    Given Alice and Bob have the order page open
     When Alice adds order "tea"
     Then the pages of Alice and Bob should show the same 1 order within 10 seconds
     When Alice's network is cut
      And Alice changes order "tea" to "green tea"
      And Alice adds order "coffee"
      And Bob removes order "tea"
      And Alice's network is restored after 8 seconds
     Then Alice should be told that order "green tea" is refused within 20 seconds
      And the pages of Alice and Bob should show the same 1 order within 10 seconds

Orders that Redis could not pass on are fetched later
    [Documentation]    Bob's instance hears nothing of Alice's orders; he is told to fetch the list when it is back.
    [Tags]    B-13    priority:medium
    Given Alice and Bob have the order page open
     When Alice adds 8 orders
      And the link between the relay 2 and the redis is cut after Bob has seen 3 orders
      And the link between the relay 2 and the redis is restored after 20 seconds
     Then the pages of Alice and Bob should show the same 8 orders within 20 seconds
